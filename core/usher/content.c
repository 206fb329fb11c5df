// SPDX-License-Identifier: MIT
// content: see content.h.
#include "usher/content.h"

#include "base/hash.h"

#include <string.h>

// Of a request, url to body; of a mail, the rest. A field that is not there counts as such.
static const char *const fields[] = {"url", "method", "headers", "json", "form", "body", "to", "cc", "from",
    "reply_to", "subject", "text", "html", "lang"};
#define FIELDS_N (sizeof fields / sizeof *fields)

// Lines of a calendar entry that say when it was written, not what it says (RFC 5545, 3.8.7).
static bool is_stamp(struct text line)
{
    static const char *const stamps[] = {"DTSTAMP:", "LAST-MODIFIED:", "CREATED:"};
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        size_t len = strlen(stamps[i]);
        if (line.len >= len && memcmp(line.data, stamps[i], len) == 0) return true;
    }
    return false;
}

static void add_calendar(struct hasher *h, struct text left)
{
    while (left.len) {
        const char *newline = memchr(left.data, '\n', left.len);
        struct text line = {left.data, newline ? (size_t)(newline - left.data) + 1 : left.len};
        if (!is_stamp(line)) hasher_add(h, line);
        left.data += line.len;
        left.len -= line.len;
    }
}

static void add_value(struct hasher *h, struct record value)
{
    hasher_add(h, (struct text){(const char *)value.data, value.len});
}

static void add_attachments(struct hasher *h, struct record list)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        add_value(h, record_get(it.value, "name"));
        add_value(h, record_get(it.value, "type"));
        if (text_is(record_get_text(it.value, "type"), "text/calendar"))
            add_calendar(h, record_get_text(it.value, "data"));
        else add_value(h, record_get(it.value, "data"));
        if (record_get(it.value, "certificate").data) add_value(h, record_get(it.value, "certificate"));
    }
}

void content_hash(struct record args, char hex[CONTENT_HEX + 1])
{
    struct hasher h;
    char whole[2 * HASH_LEN + 1];
    hasher_init(&h);
    for (size_t i = 0; i < FIELDS_N; i++) add_value(&h, record_get(args, fields[i]));
    add_attachments(&h, record_get(args, "attachments"));
    hash_hex(hasher_end(&h), whole);
    memcpy(hex, whole, CONTENT_HEX);
    hex[CONTENT_HEX] = 0;
}
