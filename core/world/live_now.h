// SPDX-License-Identifier: MIT
// live_now: the wall clock, read once, for those who have no loop yet.
#pragma once

#include "base/instant.h"

struct instant live_now(void);
