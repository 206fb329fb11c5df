// SPDX-License-Identifier: MIT
#include "mail/incoming.h"

#include "base/utf8.h"
#include "mail/fields.h"
#include "mail/gmime_late.h"
#include "mail/untag.h"

#include <pthread.h>
#include <string.h>

#define VALUE_MAX 1000       // octets of a header that are kept
#define TEXT_MAX (64u << 10) // of what a person reads
#define CALENDAR_MAX (64u << 10)
#define REPORT_MAX (64u << 10)
#define ADDRESSES_MAX 50
#define IDS_MAX 32
#define CALENDARS_MAX 4
#define REPORT_BLOCKS_MAX 16
#define REPORT_FIELDS_MAX 40
#define PARTS_MAX 100
#define DEPTH_MAX 20
#define HEADERS_MAX 400 // a mail that passed many servers has 60

// What is collected on the way through the parts.
struct reading {
    struct record_map map;
    struct buf text, html;                          // the first of each
    struct buf calendars, reports, parts, original; // encoded values, one after the other
    size_t calendars_n, reports_n, parts_n;
    bool has_text, has_html, cut;
};

static bool gmime_is_here;

static void start_gmime(void)
{
    gmime_is_here = gmime_late_open();
    if (gmime_is_here) g_mime_init();
}

bool incoming_is_built_in(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_gmime);
    return gmime_is_here;
}

// ---- clean text -------------------------------------------------------------------------------------

// UTF-8 without control characters; bytes that are none become U+FFFD; CR LF is one line break.
static void add_clean(struct buf *out, struct text t)
{
    while (t.len) {
        size_t n = utf8_step(t);
        unsigned char c = (unsigned char)t.data[0];
        if (!n) {
            buf_addz(out, "\xef\xbf\xbd");
            n = 1;
        } else if (c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f)) buf_add(out, t.data, n);
        else if (c == '\r' && (t.len == 1 || t.data[1] != '\n')) buf_addc(out, '\n');
        t.data += n;
        t.len -= n;
    }
}

// A piece of at most `max` octets that ends between two characters.
static struct text shortened(struct text t, size_t max)
{
    if (t.len <= max) return t;
    t.len = max;
    while (t.len && ((unsigned char)t.data[t.len] & 0xc0) == 0x80) t.len--;
    return t;
}

// One line of a header: line breaks of a fold become spaces.
static void put_line(struct buf *out, const char *z)
{
    struct buf clean;
    buf_init(&clean, 8 * VALUE_MAX);
    add_clean(&clean, shortened(text_of(z), VALUE_MAX));
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.data[i] == '\n' || clean.data[i] == '\t') clean.data[i] = ' ';
    }
    record_put_text(out, buf_text(&clean));
    buf_release(&clean);
}

static void map_line(struct record_map *map, const char *key, const char *z)
{
    if (z && *z) put_line(record_map_key(map, key), z);
}

// ---- headers ----------------------------------------------------------------------------------------

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (g_ascii_strcasecmp(name, *names) == 0) return true;
    }
    return false;
}

// Where a server says for whom a mail arrived, when To names somebody else.
static const char *const recipients[] = {"To", "Cc", "Delivered-To", "X-Delivered-To", "X-Original-To",
    "Envelope-To", "X-Envelope-To", "Original-Recipient", NULL};
// By which machines make themselves known (RFC 3834, and what is older or newer than it).
static const char *const marks[] = {"Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Autoreply",
    "X-Autoreply-From", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply",
    "X-Vacation", "X-MS-Exchange-Inbox-Rules-Loop", "List-Id", "List-Unsubscribe", "Feedback-ID", "X-Loop",
    "X-Failed-Recipients", NULL};

static void put_addresses(struct buf *list, size_t *n, const char *value)
{
    InternetAddressList *found = internet_address_list_parse(NULL, value);
    int count = found ? internet_address_list_length(found) : 0;
    for (int i = 0; i < count && *n < ADDRESSES_MAX; i++) {
        InternetAddress *one = internet_address_list_get_address(found, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue; // a group names nobody by itself
        const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        if (!address || !strchr(address, '@')) continue;
        put_line(list, address);
        ++*n;
    }
    if (found) g_object_unref(found);
}

static void map_list(struct record_map *map, const char *key, const struct buf *values, size_t n)
{
    if (!n) return;
    struct buf *out = record_map_key(map, key);
    record_put_list(out, n);
    buf_addt(out, buf_text(values));
}

// The first mailbox of a header, with its name under `name_key` when there is one.
static void map_mailbox(struct record_map *map, const char *key, const char *name_key, const char *value)
{
    InternetAddressList *found = value ? internet_address_list_parse(NULL, value) : NULL;
    InternetAddress *one = found && internet_address_list_length(found) > 0
                               ? internet_address_list_get_address(found, 0)
                               : NULL;
    if (one && INTERNET_ADDRESS_IS_MAILBOX(one)) {
        const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        if (address && strchr(address, '@')) map_line(map, key, address);
        if (name_key) map_line(map, name_key, internet_address_get_name(one));
    }
    if (found) g_object_unref(found);
}

static void put_ids(struct buf *list, size_t *n, const char *value, bool last_first)
{
    struct text ids[IDS_MAX], rest = text_of(value);
    size_t found = 0;
    while (found < IDS_MAX && fields_next_id(&rest, &ids[found])) found++;
    for (size_t i = 0; i < found && *n < IDS_MAX; i++, ++*n)
        record_put_text(list, ids[last_first ? found - 1 - i : i]);
}

static void map_ids(struct record_map *map, GMimeObject *mail)
{
    struct buf list;
    size_t n = 0;
    buf_init(&list, RECORD_LEN_MAX);
    const char *in_reply_to = g_mime_object_get_header(mail, "In-Reply-To");
    const char *references = g_mime_object_get_header(mail, "References");
    if (in_reply_to) put_ids(&list, &n, in_reply_to, false);
    if (references) put_ids(&list, &n, references, true);
    map_list(map, "answers", &list, n);
    struct text id, rest = text_of(g_mime_object_get_header(mail, "Message-ID"));
    if (fields_next_id(&rest, &id)) record_map_text(map, "id", id);
    buf_release(&list);
}

static void map_date(struct record_map *map, const char *key, const char *value)
{
    GDateTime *date = value ? g_mime_utils_header_decode_date(value) : NULL;
    if (!date) return;
    record_map_int(map, key, (int64_t)g_date_time_to_unix(date) * 1000);
    g_date_time_unref(date);
}

// "from ... by ... ; Thu, 25 Feb 2021 14:00:00 +0600"
static void map_received(struct record_map *map, const char *value)
{
    const char *semicolon = value ? strrchr(value, ';') : NULL;
    if (semicolon) map_date(map, "received", semicolon + 1);
}

static void map_return_path(struct record_map *map, const char *value)
{
    if (!value) return;
    while (*value == ' ') value++;
    if (strncmp(value, "<>", 2) == 0) record_map_text(map, "return_path", TEXT(""));
    else map_mailbox(map, "return_path", NULL, value);
}

static void put_marks(struct record_map *map, GMimeHeaderList *headers, int n)
{
    struct record_map found;
    record_map_init(&found);
    for (int i = 0; i < n; i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(headers, i);
        const char *name = g_mime_header_get_name(h), *value = g_mime_header_get_value(h);
        bool first = g_mime_header_list_get_header(headers, name) == h;
        if (!first || !value || !is_one_of(name, marks)) continue;
        char *lower = g_ascii_strdown(name, -1);
        put_line(record_map_key(&found, lower), value);
        g_free(lower);
    }
    record_map_end(&found, record_map_key(map, "marks"));
}

static void map_recipients(struct record_map *map, GMimeHeaderList *headers, int n)
{
    struct buf list;
    size_t count = 0;
    buf_init(&list, RECORD_LEN_MAX);
    for (int i = 0; i < n; i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(headers, i);
        const char *value = g_mime_header_get_value(h);
        if (value && is_one_of(g_mime_header_get_name(h), recipients)) put_addresses(&list, &count, value);
    }
    map_list(map, "to", &list, count);
    buf_release(&list);
}

static void read_headers(struct reading *r, GMimeObject *mail)
{
    struct record_map *map = &r->map;
    GMimeHeaderList *headers = g_mime_object_get_header_list(mail);
    int n = g_mime_header_list_get_count(headers);
    if (n > HEADERS_MAX) {
        n = HEADERS_MAX;
        r->cut = true;
    }
    map_mailbox(map, "from", "from_name", g_mime_object_get_header(mail, "From"));
    map_mailbox(map, "reply_to", NULL, g_mime_object_get_header(mail, "Reply-To"));
    map_line(map, "subject", g_mime_object_get_header(mail, "Subject"));
    map_return_path(map, g_mime_object_get_header(mail, "Return-Path"));
    map_date(map, "date", g_mime_object_get_header(mail, "Date"));
    map_received(map, g_mime_object_get_header(mail, "Received"));
    map_ids(map, mail);
    map_recipients(map, headers, n);
    put_marks(map, headers, n);
}

// ---- parts ------------------------------------------------------------------------------------------

static void take_content(GMimePart *part, struct buf *out)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = g_mime_stream_mem_new();
    if (content && g_mime_data_wrapper_write_to_stream(content, stream) >= 0) {
        GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
        add_clean(out, shortened((struct text){(const char *)bytes->data, bytes->len}, out->max / 4));
    }
    g_object_unref(stream);
}

// A text in whatever charset, as UTF-8.
static void take_text(GMimeObject *part, struct buf *out, size_t max, bool *cut)
{
    char *text = GMIME_IS_TEXT_PART(part) ? g_mime_text_part_get_text(GMIME_TEXT_PART(part)) : NULL;
    if (text) {
        struct text whole = text_of(text), kept = shortened(whole, max);
        add_clean(out, kept);
        if (cut && kept.len < whole.len) *cut = true;
        g_free(text);
    } else if (GMIME_IS_PART(part)) take_content(GMIME_PART(part), out);
}

// Takes the folds out of a calendar's bytes: they may cut a character in two, and then it would not be UTF-8.
static void unfold(char *z)
{
    char *to = z;
    for (const char *at = z; *at;) {
        size_t line_end = *at == '\n' ? 1 : at[0] == '\r' && at[1] == '\n' ? 2 : 0;
        if (line_end && (at[line_end] == ' ' || at[line_end] == '\t')) at += line_end + 1;
        else *to++ = *at++;
    }
    *to = 0;
}

static void add_calendar(struct reading *r, GMimeObject *part)
{
    if (r->calendars_n == CALENDARS_MAX) return;
    struct buf text;
    buf_init(&text, 4 * CALENDAR_MAX);
    char *given = GMIME_IS_TEXT_PART(part) ? g_mime_text_part_get_text(GMIME_TEXT_PART(part)) : NULL;
    if (given) {
        unfold(given);
        add_clean(&text, shortened(text_of(given), CALENDAR_MAX));
        g_free(given);
    } else take_text(part, &text, CALENDAR_MAX, &r->cut);
    record_put_text(&r->calendars, buf_text(&text));
    r->calendars_n++;
    buf_release(&text);
}

// One block of a report; of a field that it has twice the first counts. False: there was nothing in it.
static bool put_block(struct buf *out, struct text *block)
{
    char names[REPORT_FIELDS_MAX][FIELD_NAME_MAX + 1];
    size_t n = 0;
    struct record_map map;
    struct field field;
    record_map_init(&map);
    while (fields_next(block, &field)) {
        bool known = n == REPORT_FIELDS_MAX;
        for (size_t i = 0; i < n && !known; i++) known = !strcmp(names[i], field.name);
        if (known) continue;
        memcpy(names[n++], field.name, sizeof field.name);
        record_map_text(&map, field.name, text_of(field.value));
    }
    if (n) record_map_end(&map, out);
    else record_map_release(&map);
    return n > 0;
}

static void add_report(struct reading *r, GMimeObject *part)
{
    struct buf text;
    buf_init(&text, 4 * REPORT_MAX);
    take_text(part, &text, REPORT_MAX, &r->cut);
    struct text rest = buf_text(&text);
    while (rest.len && r->reports_n < REPORT_BLOCKS_MAX) r->reports_n += put_block(&r->reports, &rest);
    buf_release(&text);
}

static void put_original(struct reading *r, const char *id, const char *to, const char *subject)
{
    struct record_map map;
    struct text found, rest = text_of(id);
    if (r->original.len) return; // the first one is what the report is about
    record_map_init(&map);
    if (fields_next_id(&rest, &found)) record_map_text(&map, "id", found);
    map_mailbox(&map, "to", NULL, to);
    map_line(&map, "subject", subject);
    record_map_end(&map, &r->original);
}

static void add_returned_headers(struct reading *r, GMimeObject *part)
{
    struct buf text;
    struct field field;
    char id[FIELD_VALUE_MAX + 1] = "", to[FIELD_VALUE_MAX + 1] = "", subject[FIELD_VALUE_MAX + 1] = "";
    buf_init(&text, 4 * REPORT_MAX);
    take_text(part, &text, REPORT_MAX, &r->cut);
    struct text rest = buf_text(&text);
    while (fields_next(&rest, &field)) {
        char *into = !strcmp(field.name, "message-id") ? id
                     : !strcmp(field.name, "to")       ? to
                     : !strcmp(field.name, "subject")  ? subject
                                                       : NULL;
        if (into && !*into) memcpy(into, field.value, sizeof field.value);
    }
    put_original(r, id, to, subject);
    buf_release(&text);
}

static void add_returned_mail(struct reading *r, GMimeMessagePart *part)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    if (!message) return;
    GMimeObject *mail = GMIME_OBJECT(message);
    put_original(r, g_mime_object_get_header(mail, "Message-ID"), g_mime_object_get_header(mail, "To"),
        g_mime_object_get_header(mail, "Subject"));
}

static bool is_attachment(GMimeObject *part)
{
    GMimeContentDisposition *d = g_mime_object_get_content_disposition(part);
    return d && g_ascii_strcasecmp(g_mime_content_disposition_get_disposition(d), "attachment") == 0;
}

static void list_part(struct reading *r, GMimeObject *part, const char *type)
{
    struct record_map map;
    record_map_init(&map);
    map_line(&map, "type", type);
    if (GMIME_IS_PART(part)) {
        map_line(&map, "name", g_mime_part_get_filename(GMIME_PART(part)));
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part));
        GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
        int64_t bytes = stream ? g_mime_stream_length(stream) : 0;
        record_map_int(&map, "bytes", bytes < 0 ? 0 : bytes);
    }
    record_map_end(&map, &r->parts);
    r->parts_n++;
}

static void read_leaf(struct reading *r, GMimeObject *part, const char *type)
{
    static const char *const calendars[] = {"text/calendar", "application/ics", "text/x-vcalendar", NULL};
    static const char *const reports[] = {"message/delivery-status", "message/global-delivery-status", NULL};
    static const char *const headers[] = {"text/rfc822-headers", "message/global-headers",
        "message/rfc822-headers", NULL};
    if (is_one_of(type, calendars)) add_calendar(r, part);
    else if (is_one_of(type, reports)) add_report(r, part);
    else if (is_one_of(type, headers)) add_returned_headers(r, part);
    else if (GMIME_IS_MESSAGE_PART(part)) add_returned_mail(r, GMIME_MESSAGE_PART(part));
    else if (is_attachment(part)) return;
    else if (!r->has_text && strcmp(type, "text/plain") == 0) {
        r->has_text = true;
        take_text(part, &r->text, TEXT_MAX, &r->cut);
    } else if (!r->has_html && strcmp(type, "text/html") == 0) {
        r->has_html = true;
        take_text(part, &r->html, 4 * TEXT_MAX, &r->cut);
    }
}

// A mail inside a mail is looked at from outside only: what it holds is somebody else's.
static void read_part(struct reading *r, GMimeObject *part, int depth)
{
    if (r->parts_n == PARTS_MAX || depth > DEPTH_MAX) {
        r->cut = true;
        return;
    }
    GMimeContentType *content = g_mime_object_get_content_type(part);
    char *given = g_mime_content_type_get_mime_type(content), *type = g_ascii_strdown(given, -1);
    if (GMIME_IS_MULTIPART(part)) {
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(part));
        for (int i = 0; i < n && r->parts_n < PARTS_MAX; i++)
            read_part(r, g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
        if (n > PARTS_MAX) r->cut = true;
    } else {
        list_part(r, part, type);
        read_leaf(r, part, type);
    }
    g_free(given);
    g_free(type);
}

static void map_type(struct record_map *map, GMimeObject *part)
{
    GMimeContentType *content = g_mime_object_get_content_type(part);
    char *given = g_mime_content_type_get_mime_type(content), *type = g_ascii_strdown(given, -1);
    map_line(map, "type", type);
    const char *report = g_mime_content_type_get_parameter(content, "report-type");
    char *lower = report ? g_ascii_strdown(report, -1) : NULL;
    map_line(map, "report", lower);
    g_free(lower);
    g_free(given);
    g_free(type);
}

// ---- the text ---------------------------------------------------------------------------------------

static bool is_blank(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (!strchr(" \t\n", t.data[i])) return false;
    }
    return true;
}

// The next line, without the marks of a quote.
static struct text take_line(struct text *rest)
{
    const char *lf = memchr(rest->data, '\n', rest->len);
    size_t len = lf ? (size_t)(lf - rest->data) : rest->len;
    struct text line = {rest->data, len};
    rest->data += lf ? len + 1 : len;
    rest->len -= lf ? len + 1 : len;
    while (line.len && strchr("> \t|", line.data[0])) line.data++, line.len--;
    return line;
}

// The Message-IDs behind "Message-ID:" in the text: what a server that writes no report quotes.
static void map_quoted(struct record_map *map, struct text text)
{
    struct buf list;
    size_t n = 0;
    buf_init(&list, RECORD_LEN_MAX);
    while (text.len && n < IDS_MAX) {
        struct text line = take_line(&text), id;
        if (line.len < 11 || g_ascii_strncasecmp(line.data, "message-id:", 11) != 0) continue;
        struct text behind = {line.data + 11, line.len - 11};
        if (is_blank(behind) && text.len) behind = take_line(&text); // folded
        if (!fields_next_id(&behind, &id)) continue;
        record_put_text(&list, id);
        n++;
    }
    map_list(map, "quoted", &list, n);
    buf_release(&list);
}

static void map_text(struct reading *r)
{
    if (r->has_html && is_blank(buf_text(&r->text))) {
        buf_clear(&r->text);
        untag(buf_text(&r->html), &r->text);
    }
    if (!r->text.len) return;
    struct text kept = shortened(buf_text(&r->text), TEXT_MAX);
    if (kept.len < r->text.len) r->cut = true;
    record_map_text(&r->map, "text", kept);
    map_quoted(&r->map, kept);
}

// ---- the whole --------------------------------------------------------------------------------------

static void reading_init(struct reading *r, bool cut)
{
    *r = (struct reading){.cut = cut};
    record_map_init(&r->map);
    buf_init(&r->text, 4 * TEXT_MAX);
    buf_init(&r->html, 16 * TEXT_MAX);
    buf_init(&r->calendars, RECORD_LEN_MAX);
    buf_init(&r->reports, RECORD_LEN_MAX);
    buf_init(&r->parts, RECORD_LEN_MAX);
    buf_init(&r->original, RECORD_LEN_MAX);
}

static void reading_end(struct reading *r, struct buf *out)
{
    map_text(r);
    map_list(&r->map, "calendars", &r->calendars, r->calendars_n);
    map_list(&r->map, "reports", &r->reports, r->reports_n);
    map_list(&r->map, "parts", &r->parts, r->parts_n);
    if (r->original.len)
        record_map_value(&r->map, "original",
            (struct record){(const uint8_t *)r->original.data, r->original.len});
    if (r->cut) record_map_bool(&r->map, "cut", true);
    record_map_end(&r->map, out);
    struct buf *bufs[] = {&r->text, &r->html, &r->calendars, &r->reports, &r->parts, &r->original};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_release(bufs[i]);
}

int incoming_read(struct text bytes, bool more, struct buf *out, struct err *e)
{
    struct reading r;
    if (!incoming_is_built_in()) return err_set(e, ERR_USAGE, "GMime 3 is not installed: " GMIME_LIBRARY);
    if (bytes.len > INCOMING_LEN_MAX) {
        bytes.len = INCOMING_LEN_MAX;
        more = true;
    }
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.data ? bytes.data : "", bytes.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    GMimeObject *whole = message ? g_mime_message_get_mime_part(message) : NULL;
    if (!whole) {
        if (message) g_object_unref(message);
        return err_set(e, ERR_INPUT, "it has no header, so it is no mail");
    }
    reading_init(&r, more);
    read_headers(&r, GMIME_OBJECT(message));
    map_type(&r.map, whole);
    read_part(&r, whole, 1);
    reading_end(&r, out);
    g_object_unref(message);
    return 0;
}
