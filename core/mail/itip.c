// SPDX-License-Identifier: MIT
#include "mail/itip.h"

#include "base/instant.h"
#include "mail/mail.h"
#include "time/wall.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CONTENT_LINE_MAX 4096 // unfolded; a COMMENT may be long, what else we read is not
#define DEPTH_MAX 8           // VCALENDAR, VEVENT, VALARM

// One content line: NAME;PARAM=value;PARAM="value":VALUE
struct line {
    struct text name, params, value;
};

struct reading {
    struct text left;
    struct buf line; // unfolded
    int depth;       // of components; 0: outside of the calendar
    bool in_event, had_event;
    bool has_attendee, has_answer;
    struct itip *out;
};

static bool is_word(struct text t, const char *word)
{
    return t.len == strlen(word) && strncasecmp(t.data, word, t.len) == 0;
}

static void copy(char *out, size_t room, struct text t)
{
    size_t n = t.len < room - 1 ? t.len : room - 1;
    while (n && n < t.len && ((unsigned char)t.data[n] & 0xc0) == 0x80) n--; // between two characters
    memcpy(out, t.data, n);
    out[n] = 0;
}

static void lower(char *z)
{
    for (; *z; z++) {
        if (*z >= 'A' && *z <= 'Z') *z = (char)(*z + 'a' - 'A');
    }
}

// ---- lines ------------------------------------------------------------------------------------------

// The next unfolded line; a fold may cut a character in two, so it is taken out of the bytes.
static bool next_line(struct reading *r)
{
    buf_clear(&r->line);
    r->line.over = false;
    if (!r->left.len) return false;
    for (;;) {
        const char *lf = memchr(r->left.data, '\n', r->left.len);
        size_t whole = lf ? (size_t)(lf - r->left.data) + 1 : r->left.len, len = lf ? whole - 1 : whole;
        if (len && r->left.data[len - 1] == '\r') len--;
        buf_add(&r->line, r->left.data, len);
        r->left.data += whole;
        r->left.len -= whole;
        if (!r->left.len || (r->left.data[0] != ' ' && r->left.data[0] != '\t')) return true;
        r->left.data++;
        r->left.len--;
    }
}

// Splits at the first colon that stands in no quotes.
static bool split(struct text whole, struct line *out)
{
    bool quoted = false;
    size_t name_len = 0, i = 0;
    while (name_len < whole.len && whole.data[name_len] != ';' && whole.data[name_len] != ':') name_len++;
    for (i = name_len; i < whole.len && (quoted || whole.data[i] != ':'); i++)
        if (whole.data[i] == '"') quoted = !quoted;
    if (!name_len || i >= whole.len) return false;
    out->name = (struct text){whole.data, name_len};
    out->params = (struct text){whole.data + name_len, i - name_len};
    out->value = (struct text){whole.data + i + 1, whole.len - i - 1};
    return true;
}

// The value of a parameter, without its quotes; empty when it is not there.
static struct text param(struct text params, const char *name)
{
    while (params.len && params.data[0] == ';') {
        bool quoted = false;
        size_t i = 1;
        for (; i < params.len && (quoted || params.data[i] != ';'); i++)
            if (params.data[i] == '"') quoted = !quoted;
        struct text one = {params.data + 1, i - 1};
        const char *equals = one.len ? memchr(one.data, '=', one.len) : NULL;
        params.data += i;
        params.len -= i;
        if (!equals || !is_word((struct text){one.data, (size_t)(equals - one.data)}, name)) continue;
        struct text value = {equals + 1, one.len - (size_t)(equals + 1 - one.data)};
        if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
            value = (struct text){value.data + 1, value.len - 2};
        return value;
    }
    return TEXT("");
}

// ---- values -----------------------------------------------------------------------------------------

// "mailto:Karma@Example.BT" -> "karma@example.bt". False when it is no whole address.
static bool take_address(struct text value, char out[321])
{
    struct mail_address address;
    if (value.len > 7 && strncasecmp(value.data, "mailto:", 7) == 0)
        value = (struct text){value.data + 7, value.len - 7};
    while (value.len && value.data[0] == ' ') value.data++, value.len--;
    while (value.len && value.data[value.len - 1] == ' ') value.len--;
    if (mail_address_parse(value, &address, NULL) || address.name[0]) return false;
    memcpy(out, address.address, sizeof address.address);
    lower(out);
    return true;
}

static bool has_answered(struct text partstat)
{
    return partstat.len && !is_word(partstat, "NEEDS-ACTION");
}

static void take_attendee(struct reading *r, const struct line *l)
{
    struct text partstat = param(l->params, "PARTSTAT"), email = param(l->params, "EMAIL");
    char address[321], sent_by[321] = "";
    if (r->has_answer || (r->has_attendee && !has_answered(partstat))) return;
    if (!take_address(l->value, address) && !take_address(email, address)) return;
    struct text by = param(l->params, "SENT-BY");
    if (by.len && !take_address(by, sent_by)) sent_by[0] = 0;
    memcpy(r->out->attendee, address, sizeof address);
    memcpy(r->out->sent_by, sent_by, sizeof sent_by);
    copy(r->out->answer, sizeof r->out->answer, partstat);
    lower(r->out->answer);
    r->has_attendee = true;
    r->has_answer = has_answered(partstat);
}

// "20210216T041500Z"; a clock without a Z is taken for UTC too, for DTSTAMP has no other.
static int64_t moment(struct text value)
{
    int year, month, day, hour, minute, second, read = 0;
    char z[17];
    if (value.len < 15) return 0;
    copy(z, sizeof z, (struct text){value.data, 15});
    if (strspn(z, "0123456789T") != 15 || z[8] != 'T') return 0;
    if (sscanf(z, "%4d%2d%2dT%2d%2d%2d%n", &year, &month, &day, &hour, &minute, &second, &read) != 6)
        return 0;
    if (read != 15 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
    struct civil civil = {year, month, day, hour, minute, second};
    return civil_wall(civil).seconds * SECOND_MS;
}

static int64_t whole_number(struct text value)
{
    int64_t n = 0;
    for (size_t i = 0; i < value.len && value.data[i] >= '0' && value.data[i] <= '9' && n < 1000000000; i++)
        n = n * 10 + (value.data[i] - '0');
    return n;
}

// "\n" is a line break; a backslash goes from before anything else.
static void take_comment(struct text value, char *out, size_t room)
{
    struct buf plain;
    buf_init(&plain, CONTENT_LINE_MAX);
    for (size_t i = 0; i < value.len; i++) {
        bool escaped = value.data[i] == '\\' && i + 1 < value.len;
        char c = value.data[escaped ? ++i : i];
        buf_addc(&plain, escaped && (c == 'n' || c == 'N') ? '\n' : c);
    }
    copy(out, room, buf_text(&plain));
    buf_release(&plain);
}

static void take_property(struct reading *r, const struct line *l)
{
    struct itip *out = r->out;
    if (is_word(l->name, "UID")) copy(out->uid, sizeof out->uid, l->value);
    else if (is_word(l->name, "ATTENDEE")) take_attendee(r, l);
    else if (is_word(l->name, "SEQUENCE")) out->sequence = whole_number(l->value);
    else if (is_word(l->name, "DTSTAMP")) out->stamp_ms = moment(l->value);
    else if (is_word(l->name, "RECURRENCE-ID")) copy(out->recurrence, sizeof out->recurrence, l->value);
    else if (is_word(l->name, "COMMENT")) take_comment(l->value, out->comment, sizeof out->comment);
}

// ---- components -------------------------------------------------------------------------------------

static int begin(struct reading *r, struct text what, struct err *e)
{
    if (r->depth == 0 && !is_word(what, "VCALENDAR"))
        return err_set(e, ERR_INPUT, "it is no calendar: it does not begin with VCALENDAR");
    if (++r->depth > DEPTH_MAX) return err_set(e, ERR_INPUT, "its components are too deep in one another");
    if (r->depth == 2 && is_word(what, "VEVENT") && !r->had_event) r->in_event = r->had_event = true;
    return 0;
}

static int take_line(struct reading *r, const struct line *l, struct err *e)
{
    if (is_word(l->name, "BEGIN")) return begin(r, l->value, e);
    if (is_word(l->name, "END")) {
        if (r->depth == 2) r->in_event = false;
        if (r->depth > 0) r->depth--;
        return 0;
    }
    if (r->depth == 1 && is_word(l->name, "METHOD")) {
        copy(r->out->method, sizeof r->out->method, l->value);
        lower(r->out->method);
    }
    if (r->depth == 2 && r->in_event) take_property(r, l);
    return 0;
}

static int check(const struct reading *r, struct err *e)
{
    if (!r->had_event) return err_set(e, ERR_INPUT, "it has no VEVENT");
    if (!r->out->method[0]) return err_set(e, ERR_INPUT, "it has no METHOD");
    if (!r->out->uid[0]) return err_set(e, ERR_INPUT, "it has no UID");
    if (!r->has_attendee) return err_set(e, ERR_INPUT, "it names no ATTENDEE with an address");
    return 0;
}

int itip_read(struct text calendar, struct itip *out, struct err *e)
{
    struct reading r = {.left = calendar, .out = out};
    int failed = 0;
    memset(out, 0, sizeof *out);
    if (calendar.len > ITIP_LEN_MAX) return err_set(e, ERR_INPUT, "the calendar is longer than 64 KiB");
    if (calendar.len >= 3 && !memcmp(calendar.data, "\xef\xbb\xbf", 3)) // a byte order mark
        r.left = (struct text){calendar.data + 3, calendar.len - 3};
    buf_init(&r.line, CONTENT_LINE_MAX);
    while (!failed && next_line(&r)) {
        struct line l;
        if (!r.line.over && split(buf_text(&r.line), &l)) failed = take_line(&r, &l, e);
        else if (r.depth == 0 && r.line.len) failed = err_set(e, ERR_INPUT, "it is no calendar");
    }
    buf_release(&r.line);
    return failed ? failed : check(&r, e);
}
