// SPDX-License-Identifier: MIT
// lives: one person's mails of a rehearsal from the first to the last, and what they did between, on one
// page. Which mails these are, the words say (scripts/usher/lives.lua); here are their texts.
#pragma once

#include "usher/rehearsal.h"

// For a terminal.
void lives_text(const struct rehearsal *r, struct record life, struct buf *out);
// A page that needs nothing else.
void lives_page(const struct rehearsal *r, struct record life, struct buf *out);
