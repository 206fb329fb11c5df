// SPDX-License-Identifier: MIT
// first_login: who starts usher without a mail server can't be let in by a mail: the log says a link for the
// owner of each event.
#pragma once

#include "engine/engine.h"

void first_login_say(struct engine *g);
