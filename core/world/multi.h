// SPDX-License-Identifier: MIT
// multi: libcurl's transfers on the uv loop.
//
// Owns the curl multi handle, one timer, and one poll handle for each socket that curl wants watched.
// Borrows the easy handles. Holds always: after every curl_multi_socket_action the finished transfers are
// reaped, with no guard around it, so no ending is ever left lying.
#pragma once

#include "base/err.h"
#include <curl/curl.h>
#include <uv.h>

struct multi;

struct transfer {
    CURL *easy;
    void (*on_end)(struct transfer *t, CURLcode result); // it has left the multi; it may begin again
};

struct multi *multi_open(uv_loop_t *loop, long connections_max, struct err *e);
void multi_close(struct multi *m); // every transfer has ended or was dropped; the loop must turn once more

// Ends by t->on_end on a later turn of the loop, never inside this call.
void multi_begin(struct multi *m, struct transfer *t);
void multi_drop(struct multi *m, struct transfer *t); // on_end will not be called
