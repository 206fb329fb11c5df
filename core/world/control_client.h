// SPDX-License-Identifier: MIT
// control_client: asks the running engine one thing over its control socket, and waits.
#pragma once

#include "base/err.h"
#include "base/record.h"

// Fits a path into a socket address. -USAGE with a sentence when it is too long (107 bytes).
struct sockaddr_un;
int control_address(const char *path, struct sockaddr_un *out, struct err *e);

// The answer, one map, is appended to answer_record. -BUSY: nobody listens at path; -NET: the
// conversation broke off or took over two minutes; both with what to do.
int control_ask(const char *path, struct record request, struct buf *answer_record, struct err *e);
