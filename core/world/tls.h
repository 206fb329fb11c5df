// SPDX-License-Identifier: MIT
// tls: the server's side of TLS, between the bytes of a socket and the bytes of HTTP.
//
// It touches no socket: what came is given to tls_take, what is to be sent is fetched by tls_out, after every
// other call. tls.c is the home of OpenSSL; a usher that is built without it has tls_none.c, and says so when
// the settings ask for TLS.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

struct tls_keys; // a certificate with its key
struct tls;      // one conversation

// Two files in PEM. NULL with a sentence: one can't be read, they do not belong together, or this build has
// no TLS.
struct tls_keys *tls_keys_open(const char *cert, const char *key, struct err *e);
void tls_keys_close(struct tls_keys *keys);     // conversations that began with them go on. NULL is fine
int tls_keys_days(const struct tls_keys *keys); // until the certificate expires; negative: it has

struct tls *tls_new(struct tls_keys *keys);
void tls_free(struct tls *t); // NULL is fine

void tls_take(struct tls *t, struct text came);
// Plain bytes: how many; 0: none are there now; -1: the conversation is broken.
ssize_t tls_read(struct tls *t, char *out, size_t room);
bool tls_ended(const struct tls *t);             // the other side has said that it says no more
int tls_write(struct tls *t, struct text plain); // -1: broken
void tls_end(struct tls *t);                     // says that no more will be said
void tls_out(struct tls *t, struct buf *out);    // appends what is to be sent
