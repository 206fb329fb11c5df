// SPDX-License-Identifier: MIT
#include "world/forwarded.h"

#include "web/token.h"
#include <string.h>

// The last of a list that is separated by commas, taken off its end.
static bool take_last(struct text *list, struct text *item)
{
    if (!list->len) return false;
    size_t from = list->len;
    while (from && list->data[from - 1] != ',') from--;
    *item = token_trim((struct text){list->data + from, list->len - from});
    *list = (struct text){list->data, from ? from - 1 : 0};
    return true;
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711".
static bool read_hop(struct text t, uint8_t address[16])
{
    char z[ADDRESS_TEXT_MAX];
    uint8_t read[16];
    const char *colon = t.len ? memchr(t.data, ':', t.len) : NULL;
    const char *bracket = t.len && t.data[0] == '[' ? memchr(t.data, ']', t.len) : NULL;
    if (bracket) t = (struct text){t.data + 1, (size_t)(bracket - t.data) - 1};
    else if (colon && !memchr(colon + 1, ':', t.len - (size_t)(colon + 1 - t.data)))
        t.len = (size_t)(colon - t.data);
    if (!t.len || t.len >= sizeof z) return false;
    memcpy(z, t.data, t.len);
    z[t.len] = 0;
    if (!address_read(z, read)) return false;
    memcpy(address, read, sizeof read);
    return true;
}

// Walks the lines from the last to the first, and each of them from the right.
static void find_client(const struct head *h, const struct address_policy *proxies, struct forwarded *f)
{
    for (size_t i = h->fields_n; i > 0; i--) {
        struct text list = h->fields[i - 1].value, item;
        if (!token_is(h->fields[i - 1].name, "x-forwarded-for")) continue;
        while (take_last(&list, &item)) {
            if (!read_hop(item, f->address) || !address_listed(proxies, f->address)) return;
        }
    }
}

static bool says_https(const struct head *h)
{
    struct text last = TEXT(""), all = head_value(h, "x-forwarded-proto");
    take_last(&all, &last);
    return token_is(last, "https");
}

struct forwarded forwarded_read(const struct head *h, const struct address_policy *proxies,
    const uint8_t peer[16])
{
    struct forwarded f = {.proxied = address_listed(proxies, peer)};
    memcpy(f.address, peer, sizeof f.address);
    if (!f.proxied) return f;
    find_client(h, proxies, &f);
    f.secure = says_https(h);
    return f;
}
