// SPDX-License-Identifier: MIT
// tls_none: what stands for tls.c in a usher that is built without OpenSSL.
#include "world/tls.h"

#include <assert.h>
#include <limits.h>

struct tls_keys *tls_keys_open(const char *cert, const char *key, struct err *e)
{
    err_set(e, ERR_USAGE,
        "web.tls_cert asks for TLS, and this usher was built without it: install libssl-dev and build again, "
        "or "
        "put a proxy such as nginx in front");
    return NULL;
}

void tls_keys_close(struct tls_keys *keys)
{
    assert(!keys); // there never are any
}

int tls_keys_days(const struct tls_keys *keys)
{
    return INT_MAX;
}

// Without keys there is no conversation.

struct tls *tls_new(struct tls_keys *keys)
{
    return NULL;
}

void tls_free(struct tls *t)
{
    assert(!t);
}

void tls_take(struct tls *t, struct text came)
{
}

ssize_t tls_read(struct tls *t, char *out, size_t room)
{
    return -1;
}

bool tls_ended(const struct tls *t)
{
    return true;
}

int tls_write(struct tls *t, struct text plain)
{
    return -1;
}

void tls_end(struct tls *t)
{
}

void tls_out(struct tls *t, struct buf *out)
{
}
