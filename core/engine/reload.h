// SPDX-License-Identifier: MIT
// reload: a new version of an event's script takes the place of the one that runs.
//
// Every flow that lives is tried on it (edit.h); what comes of them all is the outline of the edit, which
// people see before it happens. Then one commit moves them: each flow is on exactly one version before and
// after it. Flows that can't go on under the new version stay with theirs, from the database alone. While
// that is done the engine waits for its store, as it does when a script joins.
#pragma once

#include "engine/engine.h"

// What is asked; a record with these fields, all of them optional:
//   skip, send, stay  lists of names (edit.h): answers to what needs one
//   all_stay          the new version is for new flows only
//   hold              flows that need an answer are held until somebody gives it
//   end_gone          flows that the new version no longer starts come to their end
//   who               for the trail
//   anyway            apply it although something needs an answer: only to look what would happen
//   digest            apply it only if it means what this outline says; without: whatever it means
//   answers           a map for the script's own handler "reloaded", whatever its words ask for
//   apply             false: only say what it would mean
// The new version's handler "reloaded" is called in the same commit, with { was, now: what usher.describe
// said in both versions, version, who, answers }: what it starts and changes happens together with the edit.
// What it raises takes everything back. What it answers stands in the outline as `said`; while there is
// something in its list `asks`, the words need an answer first, and nothing is applied; so a handler that
// asks changes no book.
// The answer, a map:
//   event, was, version   which versions (numbers); same = true: nothing has changed
//   digest                changes when what it means changes
//   needs                 how many flows, and questions of the words, need an answer; nothing is applied
//                         while there is one
//   said                  what the handler "reloaded" answered; not there: it was not called
//   flows                 list of { id, flow, key, label, fate, why, step, fails, known, dropped, was }
//   flow_names            { before = list, now = list }: which flows the versions declare
//   gone                  list of { flow, key, label }: live, and no longer started by the new version
//   stale                 true: it means something else than the digest says, and nothing was applied
//   applied               true: it has happened
int engine_reload(struct engine *g, struct text event, const char *path, struct record request,
    struct buf *answer, struct err *e);

// The same for a script that is open already; it belongs to the engine when it was applied, or is closed.
int reload_script(struct engine *g, struct event *ev, struct script *anew, struct record request,
    struct buf *answer, struct err *e);
