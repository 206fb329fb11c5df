// SPDX-License-Identifier: MIT
// guests: what the guests of a rehearsal do, as --guest says it.
//
//   silent                                  all of them
//   accepts 70%, late 10%, no-show 20%      so many of them; whoever is left accepts
//   declines, P0042=bounces                 one of them, by key (whoever signs up: by mail address)
// The words that guests do by are in scripts/usher/pretend.lua.
#pragma once

#include "base/record.h"

#define GUESTS_PARTS_MAX 100

// Appends a map { mix = list of { how, share = 1 to 100 }, people = map key -> how }; or -USAGE with a
// sentence.
int guests_parse(struct text said, struct buf *out, struct err *e);
