// SPDX-License-Identifier: MIT
#include "world/host.h"

#include <string.h>

bool host_is_name(const char *z)
{
    size_t len = strspn(z, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:_[]");
    return len > 0 && len < 256 && !z[len];
}

bool host_is_local(const char *z)
{
    return !strcmp(z, "localhost") || !strcmp(z, "127.0.0.1") || !strcmp(z, "::1");
}

void host_put(struct buf *url, const char *host)
{
    bool six = strchr(host, ':') && host[0] != '[';
    buf_addf(url, "%s%s%s", six ? "[" : "", host, six ? "]" : "");
}
