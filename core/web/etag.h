// SPDX-License-Identifier: MIT
// etag: which version of a page a client has (RFC 9110, 8.8.3 and 13.1.2).
#pragma once

#include "base/buf.h"

// Whether an If-None-Match names the tag: a list of tags, weak ones too, or "*". What is no list matches
// nothing. A tag has its quotes.
bool etag_matches(struct text if_none_match, struct text etag);
