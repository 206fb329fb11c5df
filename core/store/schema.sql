-- SPDX-License-Identifier: MIT
-- usher.db, schema version 1: what usher keeps on disk.
--
-- One SQLite file in WAL mode. application_id says that it is usher's ("ushr"), user_version is the version
-- of this schema. One program writes it, and only while it holds flock() on the file. With the engine
-- stopped, or on a backup, a person reads it with:  sqlite3 usher.db 'SELECT * FROM history'
--
-- Times are whole milliseconds since 1970-01-01 UTC. Columns called value, input, result and sources hold
-- one record each: canonical CBOR, described in core/base/record.h. Texts are UTF-8; an empty text, a moment
-- that is none and a value that is not there are NULL.

PRAGMA application_id = 0x75736872;
PRAGMA user_version = 1;

-- ---- words for the numbers below ---------------------------------------------------------------------

CREATE TABLE flow_state (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;
INSERT INTO flow_state (id, word) VALUES
  (0, 'ready'), (1, 'waiting'), (2, 'done'), (3, 'failed'), (4, 'cancelled'), (5, 'pinned'), (6, 'held'),
  (7, 'diverged'), (8, 'over-budget');

CREATE TABLE step_state (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;
INSERT INTO step_state (id, word) VALUES
  (0, 'open'), (1, 'started'), (2, 'done'), (3, 'failed'), (4, 'skipped'), (5, 'cancelled'), (6, 'unsure'),
  (7, 'held');

CREATE TABLE step_kind (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;
INSERT INTO step_kind (id, word) VALUES
  (0, 'decide'), (1, 'sleep'), (2, 'due'), (3, 'first'), (4, 'branch'), (5, 'join'), (6, 'start'),
  (7, 'signal'), (8, 'mail'), (9, 'http'), (10, 'effect'), (11, 'edit');

-- ---- flows and their journals ------------------------------------------------------------------------

-- Event and name of a flow, once for all flows that share them: 100,000 guests do not carry
-- "hlb-2021" and "guest" 100,000 times, in the row and in the index.
CREATE TABLE flow_kind (
  id    INTEGER PRIMARY KEY,
  event TEXT NOT NULL,
  name  TEXT NOT NULL,
  UNIQUE (event, name)
) STRICT;

-- One row per flow: where it stands. All of it but key, input, t0 and parent can be seen changing.
CREATE TABLE flow (
  id         INTEGER PRIMARY KEY,  -- given by the engine, never used twice
  kind       INTEGER NOT NULL,     -- flow_kind.id
  key        TEXT NOT NULL,        -- which one of its kind: P0042
  label      TEXT,                 -- how people call it
  script     INTEGER NOT NULL,     -- script.id that it runs on
  parent     INTEGER,              -- flow.id of the flow that started it
  state      INTEGER NOT NULL,     -- flow_state.id
  next_due   INTEGER,              -- earliest moment that it waits for
  t0         INTEGER NOT NULL,     -- when it began
  updated_at INTEGER NOT NULL,
  rows       INTEGER NOT NULL,     -- greatest journal.n; fewer rows on disk means that some were lost
  steps      INTEGER NOT NULL,     -- greatest journal.step
  dseq       INTEGER NOT NULL,     -- greatest journal.dseq
  why        TEXT,                 -- one sentence, when it stopped otherwise than by ending
  input      BLOB,
  result     BLOB,
  UNIQUE (kind, key)
) STRICT;

-- Partial, so that flows that have ended cost nothing at the next start or alarm.
CREATE INDEX flow_due ON flow (next_due) WHERE state = 1 AND next_due IS NOT NULL;
CREATE INDEX flow_ready ON flow (id) WHERE state = 0;
CREATE INDEX flow_unfinished ON flow (script) WHERE state NOT IN (2, 4); -- which scripts are still needed
CREATE INDEX flow_stuck ON flow (id) WHERE state IN (3, 6, 7, 8); -- few rows: what went wrong or waits for a word

-- One row per transition of a step. Rows are added and never changed; only `value` may be erased.
--
-- sum chains the rows of one flow, so that a lost, exchanged or flipped byte is found at load:
--   sum = H(H(H(previous sum, fixed), key), note)      previous sum of the first row: 0
--   fixed = flow n step state kind line dseq attempt at due value_sum, 8 bytes each, little-endian,
--           with 0 for what is NULL
--   value_sum = H(0, value), or 0 without one
--   H(s, data) = SipHash-2-4 of data under the key "usher's checksum" whose first 8 bytes are XORed with s
-- The value enters by its sum only: erasing it leaves value_sum in `erased`, and the chain still holds.
CREATE TABLE journal (
  seq     INTEGER PRIMARY KEY,  -- order of writing, over all flows: rows are appended, which is cheap
  flow    INTEGER NOT NULL,     -- flow.id
  n       INTEGER NOT NULL,     -- row number inside the flow, from 1, without a gap
  step    INTEGER NOT NULL,     -- which ask of the flow it belongs to, from 1
  state   INTEGER NOT NULL,     -- step_state.id
  kind    INTEGER NOT NULL,     -- step_kind.id
  key     TEXT,                 -- name of the step; on its first row only
  line    INTEGER NOT NULL,     -- of the call in the script; on its first row only, else 0
  dseq    INTEGER NOT NULL,     -- when it was handed to the flow: 1, 2, ...; 0 = not by this row
  attempt INTEGER NOT NULL,     -- effects: which try, from 1
  at      INTEGER NOT NULL,     -- when this row was made
  due     INTEGER,              -- when it falls due or is tried again
  note    TEXT,                 -- for people
  value   BLOB,                 -- arguments (first row of an effect, or a held one's new ones) or the result
  erased  INTEGER,              -- value_sum of a value that was erased
  sum     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX journal_flow ON journal (flow, n);
CREATE INDEX journal_unsure ON journal (flow, step) WHERE state = 6; -- few rows: what people must decide
CREATE INDEX journal_held ON journal (flow, step) WHERE state = 7; -- what waits for a person's word, or did
-- What people look at by time: mails that ended, and what did not work and is tried again.
CREATE INDEX journal_mail ON journal (state, at) WHERE kind = 8 AND state IN (2, 3);
CREATE INDEX journal_left ON journal (at) WHERE kind = 8 AND state = 1 AND attempt = 1; -- how many left lately
CREATE INDEX journal_again ON journal (at) WHERE state = 0 AND attempt > 0;

-- Outside facts addressed to a flow, which may not exist yet: answers, sign-ups, signals.
CREATE TABLE inbox (
  id         INTEGER PRIMARY KEY,
  kind       INTEGER NOT NULL,   -- flow_kind.id
  flow_key   TEXT NOT NULL,
  name       TEXT NOT NULL,      -- of the signal
  dedup      TEXT NOT NULL,      -- the same form sent twice has the same one, and counts once
  at         INTEGER NOT NULL,
  taken_by   INTEGER,            -- flow.id that has it; NULL: still waiting
  taken_step INTEGER,
  value      BLOB,
  UNIQUE (kind, flow_key, name, dedup)
) STRICT;
CREATE INDEX inbox_untaken ON inbox (kind, flow_key) WHERE taken_by IS NULL; -- few: what a start looks through
CREATE INDEX inbox_report ON inbox (at) WHERE name = 'mail:report'; -- what servers said about mails

-- ---- what an event keeps besides its flows -----------------------------------------------------------

CREATE TABLE book (
  event TEXT NOT NULL,
  book  TEXT NOT NULL,
  key   TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (event, book, key)
) STRICT, WITHOUT ROWID;

-- Books from which nobody may learn in which order, or when, their entries came: anonymous answers, and the
-- marks of who has given one. A whole book is one value, a map of key -> value in canonical order, so these
-- bytes follow from what the book holds and never from how it came to hold it. What they replace is zeroed,
-- and the write-ahead log is emptied behind the commit (core/store/store.h, batch_sealed).
-- `room` is 1,024 zero bytes. A page that rows share keeps at most the first 1,002 bytes of a row, so with
-- them in front `entries` stands on overflow pages of its own: these are never copied when rows make room for
-- each other, so no older state of a book stays behind in the slack of a page.
CREATE TABLE sealed (
  event   TEXT NOT NULL,
  book    TEXT NOT NULL,
  room    BLOB NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (event, book)
) STRICT, WITHOUT ROWID;

-- Every script that a flow may still run on, with everything it was made of.
CREATE TABLE script (
  id      INTEGER PRIMARY KEY,
  event   TEXT NOT NULL,
  hash    BLOB NOT NULL,         -- SHA-256 over names and contents
  sources BLOB NOT NULL,
  at      INTEGER NOT NULL,      -- when it was loaded first
  UNIQUE (event, hash)
) STRICT;

CREATE TABLE schedule (
  event   TEXT NOT NULL,
  name    TEXT NOT NULL,
  spec    TEXT NOT NULL,         -- as the script says it
  last_at INTEGER,               -- newest nominal moment that was decided
  next_at INTEGER,               -- nominal moment to come
  PRIMARY KEY (event, name)
) STRICT, WITHOUT ROWID;

-- One row per nominal moment of a schedule: nothing is dropped without one.
CREATE TABLE occurrence (
  event    TEXT NOT NULL,
  schedule TEXT NOT NULL,
  nominal  INTEGER NOT NULL,
  decision TEXT NOT NULL,        -- ran, missed, late, overlap
  at       INTEGER NOT NULL,     -- when it was decided
  note     TEXT,
  PRIMARY KEY (event, schedule, nominal)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Who did what, when, to what.
CREATE TABLE audit (
  id    INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL,
  who   TEXT NOT NULL,
  event TEXT,
  flow  INTEGER,
  what  TEXT NOT NULL,
  note  TEXT,
  about TEXT                     -- key of the person whom it concerns
) STRICT;
CREATE INDEX audit_about ON audit (event, about) WHERE about IS NOT NULL;

-- ---- for people --------------------------------------------------------------------------------------

CREATE VIEW flows AS
SELECT f.id, k.event, k.name, f.key, f.label, s.word AS state,
  strftime('%Y-%m-%d %H:%M:%S UTC', f.next_due / 1000, 'unixepoch') AS next_due,
  strftime('%Y-%m-%d %H:%M:%S UTC', f.updated_at / 1000, 'unixepoch') AS updated_at, f.why
FROM flow f JOIN flow_kind k ON k.id = f.kind JOIN flow_state s ON s.id = f.state;

CREATE VIEW history AS
SELECT k.event, k.name AS flow, coalesce(f.label, f.key) AS who, j.flow AS id, j.n,
  coalesce(j.key, (SELECT key FROM journal a WHERE a.flow = j.flow AND a.step = j.step ORDER BY a.n LIMIT 1))
    AS step,
  s.word AS state, strftime('%Y-%m-%d %H:%M:%S UTC', j.at / 1000, 'unixepoch') AS at,
  strftime('%Y-%m-%d %H:%M:%S UTC', j.due / 1000, 'unixepoch') AS due, j.note
FROM journal j JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind
  JOIN step_state s ON s.id = j.state
ORDER BY j.flow, j.n;
