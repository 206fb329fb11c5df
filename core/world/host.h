// SPDX-License-Identifier: MIT
// host: the name of a server as an operator writes it into the settings: example.org, 10.0.0.1, ::1, [::1].
#pragma once

#include "base/buf.h"

bool host_is_name(const char *z);
bool host_is_local(const char *z);                // this machine itself: a password may go in the clear
void host_put(struct buf *url, const char *host); // as it stands in a URL
