// SPDX-License-Identifier: MIT
// httpdate: moments as HTTP writes them (RFC 9110, 5.6.7): Sun, 06 Nov 1994 08:49:37 GMT.
#pragma once

#include "base/instant.h"

#define HTTPDATE_LEN 29

void httpdate_print(struct instant at, char out[HTTPDATE_LEN + 1]);
