// SPDX-License-Identifier: MIT
// mail: the input, cut at each 0xff, fills the fields of a mail; what is composed must keep its shape:
// only CRLF, no long lines, no line that begins with a dot, the header fields that were asked for, and the
// same bytes for the same record.
#include "mail/mail.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_OCTETS 998

static struct text next_field(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *begin = *at, *cut = begin < end ? memchr(begin, 0xff, (size_t)(end - begin)) : NULL;
    *at = cut ? cut + 1 : end;
    return (struct text){begin < end ? (const char *)begin : "", (size_t)((cut ? cut : end) - begin)};
}

static void put_attachment(struct buf *list, struct text name, struct text data, bool invitation)
{
    struct record_map m;
    record_map_init(&m);
    record_map_text(&m, "name", name);
    record_map_text(&m, "type", invitation ? TEXT("text/calendar") : TEXT("application/octet-stream"));
    record_map_text(&m, "data", data);
    record_map_bool(&m, "inline", invitation);
    record_map_end(&m, list);
}

static void make_mail(const uint8_t *at, const uint8_t *end, struct buf *out)
{
    struct record_map m, headers;
    bool html = at < end && (*at & 1), invitation = at < end && (*at & 2);
    if (at < end) at++;
    record_map_init(&m);
    record_map_text(&m, "id", TEXT("fuzz@example.bt"));
    record_map_int(&m, "date", 1614240000000);
    record_map_bool(&m, "html", html);
    record_map_text(&m, "to", next_field(&at, end));
    record_map_text(&m, "from", TEXT("doim@example.bt"));
    record_map_text(&m, "subject", next_field(&at, end));
    record_map_text(&m, "text", next_field(&at, end));
    record_map_init(&headers);
    record_map_text(&headers, "X-Note", next_field(&at, end));
    record_map_end(&headers, record_map_key(&m, "headers"));
    struct text name = next_field(&at, end);
    struct buf *list = record_map_key(&m, "attachments");
    record_put_list(list, 1);
    put_attachment(list, name, next_field(&at, end), invitation);
    record_map_end(&m, out);
}

static bool is_expected(const char *line, size_t len)
{
    static const char *const names[] = {"From:", "To:", "Subject:", "Date:", "Message-ID:", "X-Note:",
        "MIME-Version:", "Content-Type:", "Content-Disposition:", "Content-Transfer-Encoding:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (len >= strlen(names[i]) && memcmp(line, names[i], strlen(names[i])) == 0) return true;
    }
    return false;
}

static void check_mail(struct text mail)
{
    bool in_header = true;
    while (mail.len) {
        const char *end = memchr(mail.data, '\n', mail.len);
        assert(end && end > mail.data && end[-1] == '\r');
        size_t len = (size_t)(end - mail.data) - 1;
        assert(len <= LINE_MAX_OCTETS && memchr(mail.data, '\r', len) == NULL);
        assert(len == 0 || mail.data[0] != '.');
        if (len == 0) in_header = false;
        if (in_header) assert(mail.data[0] == ' ' || is_expected(mail.data, len));
        mail.data = end + 1;
        mail.len -= len + 2;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf bytes, mail, again;
    struct mail_envelope envelope;
    struct err e = {0};
    buf_init(&bytes, RECORD_LEN_MAX);
    buf_init(&mail, MAIL_LEN_MAX);
    buf_init(&again, MAIL_LEN_MAX);
    make_mail(data, data + size, &bytes);
    struct record r = {(const uint8_t *)buf_z(&bytes), bytes.len};
    if (mail_compose(r, &mail, &e) == 0) {
        check_mail(buf_text(&mail));
        assert(mail_compose(r, &again, &e) == 0 && text_eq(buf_text(&mail), buf_text(&again)));
        assert(mail_envelope(r, &envelope, &e) == 0);
    } else {
        assert(e.text[0] && mail.len == 0);
    }
    r.len = size; // and as a record of its own, checked like all foreign bytes
    r.data = data;
    if (record_check(r, NULL) == 0) {
        buf_clear(&mail);
        mail_compose(r, &mail, NULL);
        mail_envelope(r, &envelope, NULL);
    }
    buf_release(&again);
    buf_release(&mail);
    buf_release(&bytes);
    return 0;
}
