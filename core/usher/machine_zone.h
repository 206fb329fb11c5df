// SPDX-License-Identifier: MIT
// machine_zone: whose clock this machine shows: TZ, else what /etc/localtime leads to, else UTC.
#pragma once

#include "time/zone.h"

const struct zone *machine_zone(void); // never NULL
