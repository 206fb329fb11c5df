// SPDX-License-Identifier: MIT
// query: lists for people. Each is one SELECT; its parameters are the arguments, its columns the keys of the
// maps in the answer. NULL is left out, times are ints (milliseconds), states and kinds are words.
//
//   what         arguments (? may be left out)                answers
//   flows        event? state? name? key? after? limit?       flows by id; after = an id
//   find         text, event? limit?                          flows whose key or label contains the text
//   counts       event?                                       state, n
//   history      flow, at? after? limit?                      journal rows by n, until `at`; after = an n
//   why          event? flow? name? key? text? limit?            where flows stand: a row for each step that
//                                                             waits, else one with the last step
//   attention    event? since? limit?                         what a person must look at, as rows of "why";
//                                                             since: of mails that were refused
//   pinned       event? limit?                                flows on an older script, as rows of "why"
//   orphans      -                                            unfinished flows that nothing wakes: []
//   pending      event? before? limit?                        open steps with a moment, by that moment
//   upcoming     event? before? limit?                        how many flows of a name go on at a moment
//   again        since, event? limit?                         effects that are tried again
//   unsure       event?                                       steps that may have gone out, undecided
//   held         event? rule?                                 effects that wait for a word; at = when they
//                                                             would have left, due = until when they may
//   held_counts  event?                                       in how many flows of a name one is held
//   held_too_late since, event?                               how many of them were skipped, by flow name
//   stuck        event? limit?                                flows that failed or wait for a person's word
//   sent         since, event? before?                         mails that ended, by flow name and end
//   refused      since, event? limit?                         mails that were given up, newest first
//   fates        keys, event                                  flows of these keys, each with its newest row
//   fate_counts  event?                                       how many flows of a name stand or ended alike:
//                                                             rows of "fates" without key, with n, a label
//   letters      keys, event                                  mails of these flows, as asked and as they are
//   arrivals     keys, event                                  mails that came in about mails of these flows
//   reports      since, event? limit?                         what servers reported about mails, newest first
//   inbox        event? flow_name? flow_key? after? limit?    outside facts by id, taken or not
//   occurrences  event? schedule? limit?                      decisions on schedules, newest first
//   audit        event? before? limit?                        who did what, newest first; before = an id
//   acts         about, event                                 who did what about one person, oldest first
//   mails        flow                                         the keys of the flow's mails
//   mail         flow, step                                   one of them, with what was sent
//   recorded     flow                                         its newest mail (no copy), and its state
//   mailboxes    name?                                        up to where each mailbox is read, and counts
//   scripts      event?                                       versions, and how many flows still run on each
//   fsck         -                                            what should not be: [] when all is well
//
// "Contains" ignores the case of A-Z only. `keys` is a JSON list of texts. Without a limit an answer has at
// most 1,000 rows.
#include "store/query.h"

#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A list of books is as large as the event's memory allows; the others are far smaller.
#define ANSWER_MAX (256u << 20)

#define LIMIT " LIMIT min(max(coalesce(:limit, 1000), 0), 10000)"
#define FLOW_COLUMNS                                                                     \
    "SELECT f.id, k.event, k.name, f.key, f.label, s.word AS state, f.next_due, f.t0,"   \
    " f.updated_at, f.script, f.parent, f.rows, f.steps, f.why, f.result"                \
    " FROM flow f JOIN flow_kind k ON k.id = f.kind JOIN flow_state s ON s.id = f.state" \
    " WHERE (:event IS NULL OR k.event = :event)"
// A step has its key on its first row, and is where its last row says.
#define STEP_KEY "(SELECT key FROM journal a WHERE a.flow = j.flow AND a.step = j.step ORDER BY a.n LIMIT 1)"
#define OF_EVENT "(:event IS NULL OR k.event = :event)"
#define BEFORE "coalesce(:before, 9223372036854775807)"
#define FLOWS_OF_KEYS                                                              \
    " FROM json_each(:keys) w CROSS JOIN flow_kind k JOIN flow f ON f.kind = k.id" \
    " AND f.key = w.value"
#define IS_LAST_ROW \
    "NOT EXISTS (SELECT 1 FROM journal b WHERE b.flow = j.flow AND b.step = j.step AND b.n > j.n)"

// A row may say the key again, when an edit has renamed the step; so the first row is the one of least n.
#define FIRST_ROW(row) "(SELECT min(n) FROM journal m WHERE m.flow = " row ".flow AND m.step = " row ".step)"
// What an effect is asked to do: as it was asked for, or as it was written anew while it was held.
#define WORDS_OF(row)                                                                                   \
    "coalesce((SELECT h.value FROM journal h WHERE h.flow = " row ".flow AND h.step = " row ".step AND" \
    " h.state = 7 AND h.value IS NOT NULL ORDER BY h.n DESC LIMIT 1), " row ".value)"
// ---- where flows stand: what "why", "attention" and "pinned" show. The sentences are made of these columns
// (engine/explain.h). A statement begins WITH chosen(flow, n, part): which flows, and which of their rows.
#define IS_OVER "(2, 3, 4, 5)" // of a step: done, failed, skipped, cancelled
// The row of the last edit of the script, when that left the flow on an older version (engine/edit.h).
#define LAST_EDIT(column)                                                                             \
    "(SELECT iif(e.state = 4, e." column ", NULL) FROM journal e WHERE e.flow = f.id AND e.kind = 11" \
    " ORDER BY e.n DESC LIMIT 1)"
#define STANDS                                                                                             \
    " SELECT f.id AS flow, k.event, k.name, f.key AS flow_key, f.label, s.word AS state, f.t0,"            \
    " f.updated_at, f.next_due, f.why, f.result, f.script, " LAST_EDIT(                                    \
        "note") " AS pinned,"                                                                              \
                " " LAST_EDIT(                                                                             \
                    "at") " AS pinned_at, c.part, j.step, " STEP_KEY                                       \
                          " AS key, w.word AS kind, t.word AS step_state, j.at, j.due, j.note, "           \
                          "nullif(j.attempt, 0) AS attempt"                                                \
                          " FROM chosen c JOIN flow f ON f.id = c.flow JOIN flow_kind k ON k.id = f.kind"  \
                          " JOIN flow_state s ON s.id = f.state LEFT JOIN journal j ON j.flow = f.id AND " \
                          "j.n = c.n"                                                                      \
                          " LEFT JOIN step_kind w ON w.id = j.kind LEFT JOIN step_state t ON t.id = j.state"
// Of the flows in `found`: each step that waits, or, where none does, the last row. What is asked about an
// edit stands in the flow's own row.
#define WAITING_OF_FOUND                                                                                \
    " waits AS (SELECT j.flow, j.n FROM found f JOIN journal j ON j.flow = f.id"                        \
    " WHERE f.state IN (0, 1, 5) AND j.kind <> 11 AND j.state NOT IN " IS_OVER " AND " IS_LAST_ROW ")," \
    " chosen(flow, n, part) AS (SELECT flow, n, NULL FROM waits UNION ALL SELECT f.id, f.rows, NULL"    \
    " FROM found f WHERE f.id NOT IN (SELECT flow FROM waits))"
// Mails that were sent once more go by the name of the first and these words (scripts/usher/resend.lua).
#define SENT_AGAIN "', sent again'"

static const struct query {
    const char *what, *sql;
} queries[] = {
    {"flows", FLOW_COLUMNS
        " AND (:state IS NULL OR s.word = :state) AND (:name IS NULL OR k.name = :name)"
        " AND (:key IS NULL OR f.key = :key) AND f.id > coalesce(:after, 0) ORDER BY f.id" LIMIT},
    {"find", FLOW_COLUMNS " AND (instr(lower(f.key), lower(:text)) OR instr(lower(f.label), lower(:text)))"
                          " ORDER BY f.id" LIMIT},
    {"counts", "SELECT s.word AS state, count(*) AS n FROM flow f JOIN flow_kind k ON k.id = f.kind"
               " JOIN flow_state s ON s.id = f.state WHERE (:event IS NULL OR k.event = :event)"
               " GROUP BY s.id ORDER BY s.id"},
    {"history",
        "SELECT * FROM (SELECT j.n, j.step, first_value(j.key) OVER (PARTITION BY j.step ORDER BY "
        "j.n) AS key,"
        " (SELECT p.event FROM flow f JOIN flow_kind p ON p.id = f.kind WHERE f.id = j.flow) AS event,"
        " s.word AS state, k.word AS kind, j.at, j.due, j.note, j.attempt, j.line, j.dseq, j.value,"
        " nullif(j.erased IS NOT NULL, 0) AS erased FROM journal j JOIN step_state s ON s.id = j.state"
        " JOIN step_kind k ON k.id = j.kind WHERE j.flow = :flow"
        " AND j.at <= coalesce(:at, 9223372036854775807))"
        " WHERE n > coalesce(:after, 0) ORDER BY n" LIMIT},
    {"why", "WITH found AS (SELECT f.* FROM flow f JOIN flow_kind k ON k.id = f.kind WHERE " OF_EVENT
            " AND (:flow IS NULL OR f.id = :flow) AND (:key IS NULL OR f.key = :key) AND (:name IS NULL OR "
            "k.name = :name"
            " OR k.name = :name || " SENT_AGAIN " OR k.name LIKE :name || " SENT_AGAIN " || ' %')"
            " AND (:text IS NULL OR instr(lower(f.key), lower(:text)) OR instr(lower(f.label), lower(:text)))"
            " ORDER BY f.id" LIMIT ")," WAITING_OF_FOUND STANDS " ORDER BY f.id, j.step"},
    {"attention",
        "WITH chosen(flow, n, part) AS (SELECT f.id, f.rows, 'stopped' FROM flow f WHERE f.state IN (3, 6, "
        "7, "
        "8)"
        " UNION ALL SELECT j.flow, j.n, 'unsure' FROM journal j WHERE j.state = 6 AND " IS_LAST_ROW
        " UNION ALL SELECT j.flow, j.n, 'held' FROM journal j WHERE j.state = 7 AND " IS_LAST_ROW
        " UNION ALL SELECT j.flow, j.n, 'refused' FROM journal j JOIN flow f ON f.id = j.flow"
        " JOIN flow_kind k ON k.id = f.kind WHERE j.kind = 8 AND j.state IN (2, 3) AND j.state = 3"
        " AND (:since IS NULL OR j.at >= :since) AND NOT EXISTS (SELECT 1 FROM flow_kind m JOIN flow r"
        " ON r.kind = m.id AND r.key = f.key WHERE m.event = k.event AND m.name = k.name || " SENT_AGAIN
        "))" STANDS " WHERE " OF_EVENT " AND (c.part IN ('stopped', 'refused') OR f.state IN (0, 1))"
        " ORDER BY c.part DESC, k.event, k.name, f.why, j.note, f.id" LIMIT},
    {"pinned", "WITH found AS (SELECT f.* FROM flow f JOIN flow_kind k ON k.id = f.kind WHERE " OF_EVENT
               " AND f.state NOT IN (2, 4) AND " LAST_EDIT("n") " IS NOT NULL ORDER BY f.id" LIMIT
                                                                ")," WAITING_OF_FOUND STANDS
                                                                " ORDER BY k.event, f.script, f.id, j.step"},
    // Whoever comes out here would sleep for ever, or nobody would know why it stopped.
    {"orphans",
        "SELECT f.id AS flow, k.event, k.name, f.key, s.word AS state, o.what FROM ("
        " SELECT f.id, 'its script is not in the database' AS what FROM flow f WHERE f.state NOT IN (2, 3, 4)"
        " AND NOT EXISTS (SELECT 1 FROM script v JOIN flow_kind k ON k.id = f.kind WHERE v.id = f.script"
        " AND v.event = k.event)"
        " UNION ALL SELECT f.id, 'it waits, and nothing would wake it' FROM flow f WHERE f.state = 1"
        " AND f.next_due IS NULL AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.flow = f.id"
        " AND (j.state >= 6 OR j.state = 0 AND j.kind = 3) AND " IS_LAST_ROW ")"
        " UNION ALL SELECT f.id, 'it would be woken later than it waits for' FROM flow f WHERE f.state = 1"
        " AND EXISTS (SELECT 1 FROM journal j WHERE j.flow = f.id AND j.state = 0 AND j.due IS NOT NULL"
        " AND j.due < coalesce(f.next_due, 9223372036854775807) AND " IS_LAST_ROW ")"
        " AND NOT EXISTS (SELECT 1 FROM journal e WHERE e.flow = f.id AND e.kind = 11)"
        " UNION ALL SELECT f.id, 'it waits for a person, and nobody is told why' FROM flow f WHERE f.state = "
        "1"
        " AND EXISTS (SELECT 1 FROM journal j WHERE j.flow = f.id AND j.state >= 6 AND j.note IS NULL"
        " AND " IS_LAST_ROW ")"
        " UNION ALL SELECT f.id, 'it was stopped, and nobody is told why' FROM flow f"
        " WHERE f.state IN (3, 6, 7, 8) AND f.why IS NULL"
        " UNION ALL SELECT f.id, 'it is in a state that nobody takes it out of' FROM flow f"
        " WHERE f.state NOT IN (0, 1, 2, 3, 4, 6, 7, 8)) o"
        " JOIN flow f ON f.id = o.id JOIN flow_kind k ON k.id = f.kind JOIN flow_state s ON s.id = f.state"
        " ORDER BY f.id" LIMIT},
    // The first n open steps belong to the first n flows by next_due, so no more flows are looked at.
    {"pending",
        "SELECT f.id AS flow, k.event, k.name, f.key AS flow_key, f.label, j.step, " STEP_KEY " AS key,"
        " w.word AS kind, j.at, j.due, j.note, j.attempt FROM"
        " (SELECT f.* FROM flow f JOIN flow_kind k ON k.id = f.kind WHERE f.state = 1"
        " AND f.next_due IS NOT NULL AND f.next_due < " BEFORE
        " AND (:event IS NULL OR k.event = :event) ORDER BY f.next_due" LIMIT
        ") f JOIN flow_kind k ON k.id = f.kind JOIN journal j ON j.flow = f.id"
        " JOIN step_kind w ON w.id = j.kind WHERE j.state = 0 AND j.due IS NOT NULL AND " IS_LAST_ROW
        " ORDER BY j.due, f.id, j.step" LIMIT},
    // Counted first and named after: of 100,000 flows that wait for four moments, four rows are joined.
    {"upcoming",
        "SELECT k.event, k.name, g.due, g.n, g.flow, iif(g.n = 1, f.key, NULL) AS flow_key,"
        " iif(g.n = 1, f.label, NULL) AS label, j.note, nullif(j.attempt, 0) AS attempt FROM"
        " (SELECT f.next_due AS due, f.kind, count(*) AS n, min(f.id) AS flow FROM flow f WHERE f.state = 1"
        " AND f.next_due IS NOT NULL AND f.next_due < " BEFORE
        " AND (:event IS NULL OR f.kind IN (SELECT id FROM flow_kind WHERE event = :event))"
        " GROUP BY f.next_due, f.kind ORDER BY f.next_due, flow" LIMIT ") g JOIN flow f ON f.id = g.flow"
        " JOIN flow_kind k ON k.id = g.kind LEFT JOIN journal j ON j.flow = f.id AND j.n = f.rows"
        " ORDER BY g.due, g.flow"},
    {"again", "SELECT f.id AS flow, k.event, k.name, f.key AS flow_key, f.label, " STEP_KEY
              " AS key, w.word AS kind,"
              " j.at, j.due, j.note, j.attempt FROM journal j JOIN flow f ON f.id = j.flow"
              " JOIN flow_kind k ON k.id = f.kind JOIN step_kind w ON w.id = j.kind WHERE j.state = 0"
              " AND j.attempt > 0 AND j.at >= :since AND f.state IN (0, 1) AND " OF_EVENT " AND " IS_LAST_ROW
              " ORDER BY j.due, f.id" LIMIT},
    {"stuck", FLOW_COLUMNS " AND f.state IN (3, 6, 7, 8) ORDER BY f.id DESC" LIMIT},
    {"sent",
        "SELECT k.event, k.name, s.word AS state, count(DISTINCT j.flow) AS n, count(*) AS mails,"
        " min(j.at) AS first, max(j.at) AS last, iif(count(DISTINCT j.flow) = 1, min(f.label), NULL) AS label"
        " FROM journal j JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind"
        " JOIN step_state s ON s.id = j.state WHERE j.kind = 8 AND j.state IN (2, 3) AND j.at >= :since"
        " AND j.at < " BEFORE " AND " OF_EVENT " GROUP BY f.kind, j.state ORDER BY first, f.kind"},
    {"refused", "SELECT f.id AS flow, k.event, k.name, f.key AS flow_key, f.label, j.at, j.note, j.attempt"
                " FROM journal j JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind"
                " WHERE j.kind = 8 AND j.state IN (2, 3) AND j.state = 3 AND j.at >= :since AND " OF_EVENT
                " ORDER BY j.at DESC" LIMIT},
    {"fates",
        "SELECT f.id, k.name, f.key, s.word AS state, f.next_due, f.updated_at, f.why, f.result,"
        " t.word AS step_state, nullif(j.attempt, 0) AS attempt, j.note,"
        " (SELECT u.at FROM journal u WHERE u.flow = f.id AND u.state = 6 AND NOT EXISTS (SELECT 1"
        " FROM journal b WHERE b.flow = u.flow AND b.step = u.step AND b.n > u.n) LIMIT 1) AS "
        "unsure" FLOWS_OF_KEYS " JOIN flow_state s ON s.id = f.state LEFT JOIN journal j ON j.flow = f.id"
        " AND j.n = f.rows LEFT JOIN step_state t ON t.id = j.state WHERE k.event = :event"
        " ORDER BY f.id"},
    {"fate_counts", // of ten thousand flows a few rows: what differs is how they ended, not when
        "SELECT k.name, s.word AS state, f.why, f.result, t.word AS step_state, j.kind = 8 AS mail,"
        " nullif(min(j.attempt, 1), 0) AS attempt, j.note, min(f.next_due) AS next_due,"
        " max(f.updated_at) AS updated_at, (SELECT u.at FROM journal u WHERE u.flow = f.id AND u.state = 6"
        " AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.flow = u.flow AND b.step = u.step AND b.n > u.n)"
        " LIMIT 1) IS NOT NULL AS is_unsure, count(*) AS n, min(f.label) AS label FROM flow f"
        " JOIN flow_kind k ON k.id = f.kind JOIN flow_state s ON s.id = f.state"
        " LEFT JOIN journal j ON j.flow = f.id AND j.n = f.rows LEFT JOIN step_state t ON t.id = j.state"
        " WHERE " OF_EVENT " GROUP BY f.kind, f.state, f.why, f.result, j.kind, j.state,"
        " iif(f.state = 2, NULL, j.note), is_unsure, f.next_due IS NULL ORDER BY f.kind, n DESC"},
    {"letters",
        "SELECT f.id AS flow, k.name, f.key AS flow_key, a.step, a.key, " WORDS_OF(
            "a") " AS value, s.word AS state, j.at, "
                 "j.note,"
                 " j.attempt" FLOWS_OF_KEYS
                 " JOIN journal a ON a.flow = f.id AND a.kind = 8 AND a.key IS NOT NULL"
                 " JOIN journal j ON j.flow = f.id AND j.step = a.step AND " IS_LAST_ROW
                 " JOIN step_state s ON s.id = j.state WHERE k.event = :event ORDER BY j.at, f.id, a.step"},
    {"arrivals",
        "SELECT k.name, i.flow_key AS key, i.name AS what, i.at, i.value FROM json_each(:keys) w CROSS JOIN"
        " flow_kind k JOIN inbox i ON i.kind = k.id AND i.flow_key = w.value AND i.name >= 'mail:'"
        " AND i.name < 'mail;' WHERE k.event = :event ORDER BY i.id"},
    {"reports", "SELECT k.event, k.name, i.flow_key, f.label, i.at, i.value FROM inbox i"
                " JOIN flow_kind k ON k.id = i.kind LEFT JOIN flow f ON f.kind = i.kind"
                " AND f.key = i.flow_key WHERE i.name = 'mail:report' AND i.at >= :since AND " OF_EVENT
                " ORDER BY i.at DESC" LIMIT},
    {"unsure",
        "SELECT f.id AS flow, k.event, k.name, f.key AS flow_key, f.label, j.step, j.attempt, " STEP_KEY
        " AS key, w.word AS kind, j.at, j.note FROM journal j JOIN flow f ON f.id = j.flow"
        " JOIN flow_kind k ON k.id = f.kind JOIN step_kind w ON w.id = j.kind"
        " WHERE j.state = 6 AND (:event IS NULL OR k.event = :event) AND " IS_LAST_ROW " ORDER BY j.at"},
    {"held", "SELECT f.id AS flow, k.event, k.name, f.key, f.label, j.step, " STEP_KEY " AS step_key,"
             " w.word AS kind, a.at, j.due, j.note FROM journal j JOIN flow f ON f.id = j.flow"
             " JOIN flow_kind k ON k.id = f.kind JOIN step_kind w ON w.id = j.kind JOIN journal a"
             " ON a.flow = j.flow AND a.n = " FIRST_ROW(
                 "j") " WHERE j.state = 7 AND f.state IN (0, 1) AND " OF_EVENT
                      " AND (:rule IS NULL OR k.name = :rule)"
                      " AND " IS_LAST_ROW " ORDER BY a.at, f.id, j.step"},
    {"held_counts", "SELECT k.event, k.name, count(DISTINCT j.flow) AS n FROM journal j JOIN flow f ON"
                    " f.id = j.flow JOIN flow_kind k ON k.id = f.kind WHERE j.state = 7 AND f.state IN (0, 1)"
                    " AND " OF_EVENT " AND " IS_LAST_ROW " GROUP BY f.kind ORDER BY f.kind"},
    {"held_too_late",
        "SELECT k.event, k.name, count(*) AS n, min(a.at) AS first, max(a.at) AS last FROM"
        " (SELECT DISTINCT flow, step FROM journal WHERE state = 7) h CROSS JOIN journal j ON j.flow = h.flow"
        " AND j.step = h.step AND j.state = 4 AND j.at >= :since AND j.note LIKE 'was held until%'"
        " JOIN journal a ON a.flow = h.flow AND a.n = " FIRST_ROW(
            "h") " JOIN flow f ON f.id = h.flow JOIN flow_kind k ON k.id = f.kind WHERE " OF_EVENT
                 " GROUP BY f.kind ORDER BY first, f.kind"},
    {"inbox", "SELECT i.id, k.event, k.name AS flow_name, i.flow_key, i.name, i.dedup, i.at, i.taken_by,"
              " i.taken_step, i.value FROM inbox i JOIN flow_kind k ON k.id = i.kind"
              " WHERE (:event IS NULL OR k.event = :event) AND (:flow_name IS NULL OR k.name = :flow_name)"
              " AND (:flow_key IS NULL OR i.flow_key = :flow_key) AND i.id > coalesce(:after, 0)"
              " ORDER BY i.id" LIMIT},
    {"occurrences",
        "SELECT event, schedule, nominal, decision, at, note FROM occurrence"
        " WHERE (:event IS NULL OR event = :event) AND (:schedule IS NULL OR schedule = :schedule)"
        " ORDER BY nominal DESC" LIMIT},
    {"audit", "SELECT id, at, who, event, flow, what, note, about FROM audit"
              " WHERE (:event IS NULL OR event = :event) AND id < " BEFORE " ORDER BY id DESC" LIMIT},
    {"acts", "SELECT id, at, who, event, flow, what, note, about FROM audit"
             " WHERE event = :event AND about = :about ORDER BY id"},
    {"versions",
        "SELECT id, at, who, what, note FROM audit WHERE event = :event AND what IN ('script loaded',"
        " 'script changed', 'script discarded', 'script can''t be used') ORDER BY id DESC" LIMIT},
    {"mails",
        "SELECT k.event, k.name, f.key AS flow_key, j.step, j.key FROM journal j"
        " JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind JOIN step_kind w ON w.id = j.kind"
        " WHERE j.flow = :flow AND w.word = 'mail' AND j.key IS NOT NULL ORDER BY j.n LIMIT 10000"},
    {"mail", "SELECT k.event, k.name, f.key AS flow_key, f.label, j.step, j.key, j.at, " WORDS_OF(
                 "j") " AS value FROM journal j"
                      " JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind"
                      " WHERE j.flow = :flow AND j.step = :step AND j.key IS NOT NULL ORDER BY j.n LIMIT 1"},
    {"recorded",
        "SELECT k.event, k.name, f.key AS flow_key, f.label, a.step, " WORDS_OF(
            "a") " AS value, s.word AS state"
                 " FROM journal a JOIN flow f ON f.id = a.flow JOIN flow_kind k ON k.id = f.kind"
                 " JOIN journal j ON j.flow = a.flow AND j.step = a.step AND " IS_LAST_ROW
                 " JOIN step_state s ON s.id = j.state WHERE a.flow = :flow AND a.kind = 8"
                 " AND a.key IS NOT NULL AND a.key NOT LIKE '%mail:copy%' ORDER BY a.n DESC LIMIT 1"},
    {"mailboxes", // of the settings only these
        "SELECT substr(name, 9) AS name, value FROM setting WHERE name >= 'mailbox ' AND name < 'mailbox!'"
        " AND (:name IS NULL OR substr(name, 9) = :name)"},
    {"scripts", "SELECT s.id, s.event, lower(hex(s.hash)) AS hash, s.at, (SELECT count(*) FROM flow f"
                " WHERE f.script = s.id AND f.state NOT IN (2, 4)) AS unfinished FROM script s"
                " WHERE (:event IS NULL OR s.event = :event) ORDER BY s.id DESC"},
};

// -- arguments

static const struct query *find_query(const char *what, struct err *e)
{
    const char *words[sizeof queries / sizeof *queries];
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        if (strcmp(queries[i].what, what) == 0) return &queries[i];
        words[i] = queries[i].what;
    }
    const char *near = nearest_word(text_of(what), words, sizeof words / sizeof *words);
    if (near) err_set(e, ERR_INPUT, "There is no list called \"%.40s\" (did you mean \"%s\"?).", what, near);
    else err_set(e, ERR_INPUT, "There is no list called \"%.40s\".", what);
    return NULL;
}

static int put_argument(struct sqlite3_stmt *st, const char *what, struct record key, struct record value,
    struct err *e)
{
    char name[32] = "";
    struct text text = {0};
    int64_t number;
    if (record_text(key, &text) && text.len < sizeof name) memcpy(name, text.data, text.len);
    int i = name[0] ? put_index(st, name) : 0;
    if (i == 0) return err_set(e, ERR_INPUT, "The list \"%s\" knows no \"%s\".", what, name);
    if (record_int(value, &number)) put_int(st, i, number);
    else if (record_text(value, &text)) put_text(st, i, text);
    else return err_set(e, ERR_INPUT, "The list \"%s\": \"%s\" is a text or a whole number.", what, name);
    return 0;
}

// An argument that its statement compares with NULL may be left out.
static bool may_be_left_out(const struct query *query, const char *name)
{
    char test[40];
    snprintf(test, sizeof test, ":%s IS NULL", name);
    return strstr(query->sql, test) != NULL;
}

static int put_arguments(struct sqlite3_stmt *st, const struct query *query, struct record args,
    struct err *e)
{
    static const char *const needed[] = {"text", "flow", "since", "keys", "about"}; // by lists that have one
    for (struct record_iter it = record_each(args); it.map && record_next(&it);) {
        if (put_argument(st, query->what, it.key, it.value, e)) return -ERR_INPUT;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (put_index(st, needed[i]) && !record_get(args, needed[i]).data &&
            !may_be_left_out(query, needed[i]))
            return err_set(e, ERR_INPUT, "The list \"%s\" needs a \"%s\".", query->what, needed[i]);
    }
    return 0;
}

// -- answers

static void add_column(struct sqlite3_stmt *st, int i, struct buf *out)
{
    switch (col_kind(st, i)) {
    case RECORD_INT: record_put_int(out, col_int(st, i)); break;
    case RECORD_TEXT: record_put_text(out, col_text(st, i)); break;
    case RECORD_NONE: record_put(out, col_record(st, i)); break;
    default: record_put_nil(out); break;
    }
}

static void add_map(struct sqlite3_stmt *st, struct buf *out)
{
    struct record_map row;
    record_map_init(&row);
    for (int i = 0; i < col_count(st); i++) {
        if (col_kind(st, i) != RECORD_NIL) add_column(st, i, record_map_key(&row, col_name(st, i)));
    }
    record_map_end(&row, out);
}

static void add_list(struct sqlite3_stmt *st, struct buf *out)
{
    record_put_list(out, (size_t)col_count(st));
    for (int i = 0; i < col_count(st); i++) add_column(st, i, out);
}

// Rows are collected first, for a list begins with its length.
static int give_rows(const struct buf *rows, size_t n, struct buf *out, struct err *e)
{
    if (rows->over) return err_set(e, ERR_LIMIT, "The answer is too large: ask for fewer rows.");
    record_put_list(out, n);
    buf_addt(out, buf_text(rows));
    return 0;
}

static int add_maps(struct sqlite *db, struct sqlite3_stmt *st, struct buf *out, struct err *e)
{
    struct buf rows;
    size_t n = 0;
    enum stmt_result result;
    buf_init(&rows, ANSWER_MAX);
    for (; (result = stmt_step(st)) == STMT_ROW; n++) add_map(st, &rows);
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : give_rows(&rows, n, out, e);
    buf_release(&rows);
    return failed;
}

int query_list(struct sqlite *db, const char *what, struct record args, struct buf *out, struct err *e)
{
    const struct query *query = find_query(what, e);
    struct sqlite3_stmt *st = query ? sqlite_prepare(db, query->sql, e) : NULL;
    if (!st) return -ERR_INPUT;
    int failed = put_arguments(st, query, args, e);
    if (!failed) failed = add_maps(db, st, out, e);
    sqlite_finish(st);
    return failed;
}

// The entries of a sealed book as lists of their own. Answers how many.
static size_t add_sealed(struct text book, struct record entries, struct buf *out)
{
    size_t n = 0;
    for (struct record_iter it = record_each(entries); record_next(&it); n++) {
        record_put_list(out, 4);
        record_put_text(out, book);
        record_put(out, it.key);
        record_put(out, it.value);
        record_put_bool(out, true);
    }
    return n;
}

static int add_books(struct sqlite *db, struct text event, bool sealed, struct buf *rows, size_t *n,
    struct err *e)
{
    const char *sql = sealed ? "SELECT book, entries FROM sealed WHERE event = ?1 ORDER BY book"
                             : "SELECT book, key, value FROM book WHERE event = ?1 ORDER BY book, key";
    struct sqlite3_stmt *st = sqlite_prepare(db, sql, e);
    enum stmt_result result;
    if (!st) return -ERR_STORAGE;
    put_text(st, 1, event);
    while ((result = stmt_step(st)) == STMT_ROW) {
        if (sealed) *n += add_sealed(col_text(st, 0), col_record(st, 1), rows);
        else add_list(st, rows), ++*n;
    }
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : 0;
    sqlite_finish(st);
    return failed;
}

int query_books(struct sqlite *db, struct text event, struct buf *out, struct err *e)
{
    struct buf rows;
    size_t n = 0;
    buf_init(&rows, ANSWER_MAX);
    int failed = add_books(db, event, false, &rows, &n, e);
    if (!failed) failed = add_books(db, event, true, &rows, &n, e);
    if (!failed) failed = give_rows(&rows, n, out, e);
    buf_release(&rows);
    return failed;
}
