// SPDX-License-Identifier: MIT
// fields: a block of "Name: value" lines as text, as delivery reports and returned headers have them.
#pragma once

#include "base/buf.h"

#define FIELD_NAME_MAX 64
#define FIELD_VALUE_MAX 1000

struct field {
    char name[FIELD_NAME_MAX + 1];   // in lower case
    char value[FIELD_VALUE_MAX + 1]; // unfolded, without spaces around it; cut when longer
};

// Takes the next field off the block. False: the block is over (an empty line, taken off too, or the end).
// A line that is no field is passed over.
bool fields_next(struct text *block, struct field *out);

// The next "<...>" of a text that looks like a Message-ID, without its brackets. False: there is none.
bool fields_next_id(struct text *rest, struct text *id);
