// SPDX-License-Identifier: MIT
// enclose: files of a mail that are made when it leaves. An attachment may name a handler of its event
// instead of its bytes:
//
//   { name = "report.html", type = "text/html", call = "report-file", with = { as = "html" } }
//
// The handler is called just before each attempt and answers { data = text }, or { none = true }: then the
// mail leaves without this file. The bytes go out and are kept
// nowhere, as secrets are not (secret.c): a report for ten thousand guests is not written into the history of
// every organiser, and who is forgotten later stands in no old mail of the database. An attempt that is made
// again takes what is true then, under the same Message-ID.
#pragma once

#include "engine/engine.h"

// Is anything of this mail still to be made?
bool enclose_is_needed(struct record mail);
// Makes it, in a later turn, and hands the whole to effect_leave; or posts AGAIN, with the handler's words.
void enclose(struct engine *g, struct flow *f, struct step *s, struct record mail);
void enclose_forget(struct engine *g); // when the engine ends
