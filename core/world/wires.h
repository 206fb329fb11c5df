// SPDX-License-Identifier: MIT
// wires: the open sockets of a libcurl handle that works on a thread of its own, so that another thread can
// cut them.
//
// libcurl may wait for minutes for a mute server, even to say goodbye, and asks nobody meanwhile; a socket
// that is shut down under it ends every such wait. Owns the note of which sockets are open, not the sockets.
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

#define WIRES_MAX 4 // one connection; more while curl tries several addresses of a host

struct wires {
    uv_mutex_t lock;
    bool cut;
    int fds[WIRES_MAX]; // -1: none
};

void wires_init(struct wires *w);
void wires_release(struct wires *w);
// Everything that this handle opens is noted from now on.
void wires_watch(struct wires *w, CURL *easy);
// The one call for other threads: ends what is under way, and whatever would come after it.
void wires_cut(struct wires *w);
