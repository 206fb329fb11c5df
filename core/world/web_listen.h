// SPDX-License-Identifier: MIT
// web_listen: where the web server listens, and whether as many files may be opened as it needs.
#pragma once

#include "base/err.h"
#include "world/settings.h"
#include <uv.h>

// Listens at settings->listen; when the port is taken, at one of the next settings->port_tries. The handle is
// initialised when it succeeds, and only then. -BUSY or -USAGE with a sentence.
int web_listen(uv_tcp_t *listener, uv_loop_t *loop, const struct web_settings *settings,
    uv_connection_cb on_connection, struct err *e);

// Lets nobody new begin a connection, while those that have begun can still be accepted. Closing alone would
// reset whoever got through in the last moment.
void web_listen_no_more(uv_tcp_t *listener);

int web_port_of(const struct sockaddr *at);

// Raises the limit of open files to what so many connections need. *connections 0: `otherwise`, or as many as
// the system allows. -LIMIT with a sentence when more was asked for than it allows.
int web_files_allow(int *connections, int otherwise, struct err *e);
