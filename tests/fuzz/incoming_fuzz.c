// SPDX-License-Identifier: MIT
// incoming: any bytes as a mail that came in, all the way to what it is taken for. The record must be whole
// and canonical, its texts UTF-8 without control characters, and the same for the same bytes.
#include "base/utf8.h"
#include "mail/classify.h"
#include "mail/incoming.h"

#include <assert.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

static void check_text(struct text t)
{
    assert(t.len <= TEXT_MAX && utf8_valid(t));
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i];
        assert(c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f));
    }
}

static void check_value(struct record value)
{
    struct text t;
    if (record_text(value, &t)) check_text(t);
    for (struct record_iter it = record_each(value); record_next(&it);) check_value(it.value);
}

static void check_verdict(struct record mail)
{
    struct verdict v;
    struct buf out;
    struct record_map map;
    classify(mail, &v);
    assert(v.why[sizeof v.why - 1] == 0 && v.status[sizeof v.status - 1] == 0);
    assert((v.kind == MAIL_REPORT) == (v.fate != FATE_NONE));
    assert(v.kind != MAIL_CALENDAR || v.calendar.attendee[0]);
    record_map_init(&map);
    verdict_put(&v, &map);
    buf_init(&out, 65536);
    record_map_end(&map, &out);
    assert(record_check((struct record){(const uint8_t *)out.data, out.len}, NULL) == 0);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf first, second;
    struct err e = {0};
    struct text bytes = {(const char *)data, size};
    if (!incoming_is_built_in()) return 0;
    buf_init(&first, RECORD_LEN_MAX);
    buf_init(&second, RECORD_LEN_MAX);
    if (incoming_read(bytes, false, &first, &e)) assert(e.text[0] && first.len == 0);
    else {
        struct record mail = {(const uint8_t *)first.data, first.len};
        assert(record_check(mail, &e) == 0);
        check_value(mail);
        check_verdict(mail);
        assert(incoming_read(bytes, false, &second, &e) == 0 && text_eq(buf_text(&first), buf_text(&second)));
    }
    buf_release(&first);
    buf_release(&second);
    return 0;
}
