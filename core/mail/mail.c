// SPDX-License-Identifier: MIT
// mail: reads the record, writes the message header, puts the parts together; and says where the mail goes.
//
// The order of the header fields is fixed here, those of `headers` come in the record's order, which is
// canonical. All fields are checked before the first byte is written to `out`.
#include "mail/mail.h"

#include "base/instant.h"
#include "base/utf8.h"
#include "mail/frame.h"
#include "mail/header.h"
#include "mail/mime.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ID_MAX 320
#define LANG_MAX 35
#define CC_MAX 100
#define HEADERS_MAX 32
#define HEADER_NAME_MAX 64
#define HEADER_LINE_MAX 998 // RFC 5322, 2.1.1
// Of Markdown: mail programs cut at 100 KiB, and md4c takes quadratic time for link definitions.
#define TEXT_LEN_MAX (256u << 10)
#define DATE_MAX INT64_C(253402214400000) // 9999-12-31: the header has four digits for the year
#define OFFSET_MIN_MAX (24 * 60 - 1)

// -- reading the record

// A text that may be missing; one of another kind is refused rather than taken as missing.
static int take(struct record mail, const char *key, struct text *out, struct err *e)
{
    struct record r = record_get(mail, key);
    *out = TEXT("");
    if (record_kind(r) == RECORD_NONE || record_kind(r) == RECORD_NIL || record_text(r, out)) return 0;
    return err_set(e, ERR_INPUT, "the mail's %s is not a text", key);
}

static int take_address(struct record mail, const char *key, struct mail_address *out, struct err *e)
{
    struct text t;
    if (take(mail, key, &t, e)) return -ERR_INPUT;
    if (t.len == 0) return err_set(e, ERR_INPUT, "the mail has no %s address", key);
    if (mail_address_parse(t, out, e)) return err_in(e, "the mail's %s", key);
    return 0;
}

// -- header fields

static void add_address(struct header *h, const struct mail_address *a)
{
    char angled[sizeof a->address + 2];
    snprintf(angled, sizeof angled, "<%s>", a->address);
    if (a->name[0]) header_phrase(h, text_of(a->name));
    header_word(h, text_of(a->name[0] ? angled : a->address));
}

static int add_mailbox(struct record mail, const char *key, const char *name, struct buf *out, struct err *e)
{
    struct mail_address a;
    struct header h;
    if (take_address(mail, key, &a, e)) return -ERR_INPUT;
    header_begin(&h, out, name);
    add_address(&h, &a);
    header_end(&h);
    return 0;
}

static int add_cc(struct record cc, struct buf *out, struct err *e)
{
    enum record_kind kind = record_kind(cc);
    if (kind == RECORD_NONE || kind == RECORD_NIL || record_count(cc) == 0) return 0;
    if (kind != RECORD_LIST || record_count(cc) > CC_MAX)
        return err_set(e, ERR_INPUT, "the mail's cc must be a list of at most %d addresses", CC_MAX);
    struct header h;
    header_begin(&h, out, "Cc");
    struct record_iter it = record_each(cc);
    for (size_t n = 0; record_next(&it); n++) {
        struct mail_address a;
        struct text t = TEXT("");
        record_text(it.value, &t);
        if (mail_address_parse(t, &a, e)) return err_in(e, "the mail's cc");
        if (n) header_glue(&h, ",");
        add_address(&h, &a);
    }
    header_end(&h);
    return 0;
}

static int add_subject(struct record mail, struct buf *out, struct err *e)
{
    struct text subject;
    struct header h;
    if (take(mail, "subject", &subject, e)) return -ERR_INPUT;
    if (header_check("the mail's subject", subject, e)) return -ERR_INPUT;
    header_begin(&h, out, "Subject");
    header_text(&h, subject);
    header_end(&h);
    return 0;
}

// Thu, 25 Feb 2021 14:00:00 +0600. The day count is Howard Hinnant's: years begin in March, so that the leap
// day is the last one.
static void add_date(int64_t ms, int offset_min, struct buf *out)
{
    static const char *const weekdays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        "Jan", "Feb"};
    int64_t local = ms / SECOND_MS + offset_min * INT64_C(60) + 86400; // a day up: -23:59 stays positive
    int64_t days = local / 86400 - 1, second = local % 86400;
    int64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    year += era * 400 + (month >= 10);
    int offset = offset_min < 0 ? -offset_min : offset_min;
    buf_addf(out, "Date: %s, %d %s %04d %02d:%02d:%02d %c%02d%02d\r\n", weekdays[(days + 7) % 7], (int)day,
        months[month], (int)year, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60),
        offset_min < 0 ? '-' : '+', offset / 60, offset % 60);
}

static int add_when(struct record mail, struct buf *out, struct err *e)
{
    int64_t date, offset_min = record_get_int(mail, "offset_min", 0);
    if (!record_int(record_get(mail, "date"), &date) || date < 0 || date >= DATE_MAX)
        return err_set(e, ERR_INPUT,
            "the mail's date must be whole milliseconds since 1970, before the year 9999");
    if (offset_min < -OFFSET_MIN_MAX || offset_min > OFFSET_MIN_MAX)
        return err_set(e, ERR_INPUT, "the mail's offset_min must be within a day");
    add_date(date, (int)offset_min, out);
    return 0;
}

static bool is_ascii_line(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] < 0x20 || t.data[i] > 0x7e) return false;
    }
    return true;
}

static int add_id(struct record mail, struct text *id, struct buf *out, struct err *e)
{
    if (take(mail, "id", id, e)) return -ERR_INPUT;
    const char *at = id->len ? memchr(id->data, '@', id->len) : NULL;
    bool framed = at && at > id->data && at < id->data + id->len - 1 && at == memrchr(id->data, '@', id->len);
    bool clean = is_ascii_line(*id);
    for (size_t i = 0; i < id->len && clean; i++) clean = !strchr(" <>()[],;:\\\"", id->data[i]);
    if (!framed || !clean || id->len > ID_MAX)
        return err_set(e, ERR_INPUT, "the mail's id must look like \"letters@domain\", at most %d bytes",
            ID_MAX);
    buf_addf(out, "Message-ID: <%.*s>\r\n", (int)id->len, id->data);
    return 0;
}

static int add_lang(struct record mail, struct text *lang, struct buf *out, struct err *e)
{
    if (take(mail, "lang", lang, e)) return -ERR_INPUT;
    bool clean = lang->len <= LANG_MAX;
    for (size_t i = 0; i < lang->len && clean; i++) {
        char c = lang->data[i];
        clean = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    if (!clean)
        return err_set(e, ERR_INPUT, "the mail's lang must be a language tag such as \"dz\" or \"en-GB\"");
    if (lang->len) buf_addf(out, "Content-Language: %.*s\r\n", (int)lang->len, lang->data);
    return 0;
}

// -- the extra fields that a script may set

// How a field's value is written: free text; machine-read and folded at spaces; machine-read on one line,
// because unsubscribe buttons have been seen to miss a folded List-Unsubscribe.
enum extra { EXTRA_UNKNOWN, EXTRA_TEXT, EXTRA_WORDS, EXTRA_LINE };

static enum extra extra_of(const char *name)
{
    static const char *const words[] = {"Auto-Submitted", "In-Reply-To", "References"};
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", name[i]))
            return EXTRA_UNKNOWN;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(name, words[i]) == 0) return EXTRA_WORDS;
    }
    if (len > 2 && strncasecmp(name, "X-", 2) == 0) return EXTRA_TEXT;
    if (len > 5 && strncasecmp(name, "List-", 5) == 0) return EXTRA_LINE;
    return EXTRA_UNKNOWN;
}

static int add_extra(const char *name, struct text value, struct buf *out, struct err *e)
{
    enum extra extra = extra_of(name);
    struct header h;
    if (extra == EXTRA_UNKNOWN)
        return err_set(e, ERR_INPUT,
            "a script can't set this header; it can set X-..., List-..., "
            "Auto-Submitted, In-Reply-To and References");
    if (header_check("the value", value, e)) return -ERR_INPUT;
    if (value.len == 0) return err_set(e, ERR_INPUT, "the value is empty; leave the header out");
    if (extra != EXTRA_TEXT && !is_ascii_line(value))
        return err_set(e, ERR_INPUT, "programs read this header, so its value can only be ASCII");
    if (extra == EXTRA_LINE && strlen(name) + 2 + value.len > HEADER_LINE_MAX)
        return err_set(e, ERR_INPUT, "this header must fit on one line of %d bytes", HEADER_LINE_MAX);
    header_begin(&h, out, name);
    if (extra == EXTRA_TEXT) header_text(&h, value);
    else if (extra == EXTRA_WORDS) header_words(&h, value);
    else buf_addf(out, " %.*s", (int)value.len, value.data);
    header_end(&h);
    return 0;
}

static int add_extras(struct record headers, struct buf *out, struct err *e)
{
    char names[HEADERS_MAX][HEADER_NAME_MAX + 1];
    enum record_kind kind = record_kind(headers);
    if (kind == RECORD_NONE || kind == RECORD_NIL) return 0;
    if (kind == RECORD_LIST && record_count(headers) == 0) return 0; // an empty Lua table
    if (kind != RECORD_MAP || record_count(headers) > HEADERS_MAX)
        return err_set(e, ERR_INPUT, "the mail's headers must be at most %d names with values", HEADERS_MAX);
    struct record_iter it = record_each(headers);
    for (size_t n = 0; record_next(&it); n++) {
        struct text key = TEXT(""), value;
        record_text(it.key, &key);
        if (key.len == 0 || key.len > HEADER_NAME_MAX || memchr(key.data, 0, key.len) || !is_ascii_line(key))
            return err_set(e, ERR_INPUT, "a name among the mail's headers is no header name");
        memcpy(names[n], key.data, key.len);
        names[n][key.len] = 0;
        for (size_t i = 0; i < n; i++) {
            if (strcasecmp(names[i], names[n]) == 0)
                return err_set(e, ERR_INPUT, "the mail's headers name %s twice", names[n]);
        }
        if (!record_text(it.value, &value))
            return err_set(e, ERR_INPUT, "the mail's header %s is not a text", names[n]);
        if (add_extra(names[n], value, out, e)) return err_in(e, "the mail's header %s", names[n]);
    }
    return 0;
}

static int add_header(struct record mail, struct text *id, struct text *lang, struct buf *out, struct err *e)
{
    if (add_mailbox(mail, "from", "From", out, e)) return -ERR_INPUT;
    if (add_mailbox(mail, "to", "To", out, e)) return -ERR_INPUT;
    if (add_cc(record_get(mail, "cc"), out, e)) return -ERR_INPUT;
    struct text reply_to;
    if (take(mail, "reply_to", &reply_to, e)) return -ERR_INPUT;
    if (reply_to.len && add_mailbox(mail, "reply_to", "Reply-To", out, e)) return -ERR_INPUT;
    if (add_subject(mail, out, e) || add_when(mail, out, e) || add_id(mail, id, out, e)) return -ERR_INPUT;
    if (add_extras(record_get(mail, "headers"), out, e)) return -ERR_INPUT;
    if (add_lang(mail, lang, out, e)) return -ERR_INPUT;
    buf_addz(out, "MIME-Version: 1.0\r\n");
    return 0;
}

// -- the body

// The text in its forms: plain, HTML. Returns how many parts it made.
static size_t add_texts(struct record mail, struct text markdown, struct text lang, struct buf *parts)
{
    if (!record_get_bool(mail, "html", true)) {
        mime_text("text/plain", markdown, &parts[0]);
        return 1;
    }
    struct buf plain, html;
    buf_init(&plain, MAIL_LEN_MAX);
    buf_init(&html, MAIL_LEN_MAX);
    markdown_plain(markdown, &plain);
    frame_html(markdown, record_get_text(mail, "subject"), lang, &html);
    mime_text("text/plain", buf_text(&plain), &parts[0]);
    mime_text("text/html", buf_text(&html), &parts[1]);
    parts[0].over |= plain.over;
    parts[1].over |= html.over;
    buf_release(&plain);
    buf_release(&html);
    return 2;
}

// One more form of the text for each invitation.
static int add_invitations(struct record list, struct buf *parts, size_t *n, struct err *e)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        if (mime_is_invitation(it.value) && mime_invitation(it.value, &parts[(*n)++], e)) return -ERR_INPUT;
    }
    return 0;
}

static int add_files(struct record list, bool sketch, struct buf *parts, size_t *n, struct err *e)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        int failed = mime_is_file(it.value) ? mime_file(it.value, sketch, &parts[(*n)++], e) : 0;
        if (failed) return failed;
    }
    return 0;
}

static int check_body(struct text markdown, struct record attachments, struct err *e)
{
    enum record_kind kind = record_kind(attachments);
    bool none = kind == RECORD_NONE || kind == RECORD_NIL || record_count(attachments) == 0;
    if (!utf8_valid(markdown))
        return err_set(e, ERR_INPUT, "the mail's text is not UTF-8; save the script or template as UTF-8");
    if (markdown.len > TEXT_LEN_MAX)
        return err_set(e, ERR_LIMIT, "the mail's text has %zu bytes; at most %u fit: attach it as a file",
            markdown.len, TEXT_LEN_MAX);
    if (!none && (kind != RECORD_LIST || record_count(attachments) > MIME_ATTACHMENTS_MAX))
        return err_set(e, ERR_INPUT, "the mail's attachments must be a list of at most %d",
            MIME_ATTACHMENTS_MAX);
    return 0;
}

// multipart/mixed { multipart/alternative { plain, html, invitation ... }, attachment ... }; a multipart with
// one part is left out.
static int add_body(struct record mail, struct text id, struct text lang, bool sketch, struct buf *out,
    struct err *e)
{
    struct buf same[2 + MIME_ATTACHMENTS_MAX], parts[1 + MIME_ATTACHMENTS_MAX];
    struct record attachments = record_get(mail, "attachments");
    struct text markdown;
    size_t same_n, parts_n = 1;
    if (take(mail, "text", &markdown, e)) return -ERR_INPUT;
    if (check_body(markdown, attachments, e)) return -(int)e->code;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) buf_init(&same[i], MAIL_LEN_MAX);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) buf_init(&parts[i], MAIL_LEN_MAX);

    same_n = add_texts(mail, markdown, lang, same);
    int rc = add_invitations(attachments, same, &same_n, e);
    mime_join("alternative", id, same, same_n, &parts[0]);
    if (rc == 0) rc = add_files(attachments, sketch, parts, &parts_n, e);
    mime_join("mixed", id, parts, parts_n, out);
    return rc;
}

static int compose(struct record mail, bool sketch, struct buf *out, struct err *e)
{
    struct text id, lang;
    struct err own;
    struct buf whole;
    if (!e) e = &own;
    if (record_kind(mail) != RECORD_MAP) return err_set(e, ERR_INPUT, "a mail must be a map");
    buf_init(&whole, MAIL_LEN_MAX);
    int rc = add_header(mail, &id, &lang, &whole, e);
    if (rc == 0) rc = add_body(mail, id, lang, sketch, &whole, e);
    if (rc == 0 && whole.over)
        rc = err_set(e, ERR_LIMIT, "the mail would pass %u MiB; link to the files instead of attaching them",
            MAIL_LEN_MAX >> 20);
    if (rc == 0) buf_addt(out, buf_text(&whole));
    buf_release(&whole);
    return rc;
}

int mail_compose(struct record mail, struct buf *out, struct err *e)
{
    return compose(mail, false, out, e);
}

int mail_sketch(struct record mail, struct buf *out, struct err *e)
{
    return compose(mail, true, out, e);
}

bool mail_is_drawn(struct record mail)
{
    for (struct record_iter it = record_each(record_get(mail, "attachments")); record_next(&it);) {
        if (record_get(it.value, "certificate").data) return true;
    }
    return false;
}

// -- the envelope

int mail_envelope(struct record mail, struct mail_envelope *out, struct err *e)
{
    struct mail_address from = {0}, to;
    struct text sender;
    *out = (struct mail_envelope){0};
    if (take_address(mail, "to", &to, e) || take(mail, "sender", &sender, e)) return -ERR_INPUT;
    bool no_bounces = text_is(sender, "<>"); // the null return path of automatic answers
    if (!no_bounces && take_address(mail, sender.len ? "sender" : "from", &from, e)) return -ERR_INPUT;
    memcpy(out->from, from.address, sizeof out->from);
    memcpy(out->to, to.address, sizeof out->to);
    for (const char *c = from.address; *c; c++) out->needs_utf8 |= (unsigned char)*c >= 0x80;
    for (const char *c = to.address; *c; c++) out->needs_utf8 |= (unsigned char)*c >= 0x80;
    return 0;
}
