// SPDX-License-Identifier: MIT
// nearest: "did you mean ...?": the known word with the least typing errors.
#pragma once

#include "base/buf.h"

// Damerau-Levenshtein distance, cut at `most` + 1. ASCII case does not count.
int nearest_distance(struct text a, struct text b, int most);
// The nearest of n words within a third of the word's length (at least 1, at most 3); NULL if none.
const char *nearest_word(struct text word, const char *const *words, size_t n);
