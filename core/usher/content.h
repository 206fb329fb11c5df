// SPDX-License-Identifier: MIT
// content: what a person reads of an effect, as a hash: it is the same as long as the text is.
#pragma once

#include "base/record.h"

#define CONTENT_HEX 16 // of a SHA-256: enough to tell the texts of one event apart

// args: what a mail or a request was asked for. When it leaves, under which number and in answer to what is
// no part of it.
void content_hash(struct record args, char hex[CONTENT_HEX + 1]);
