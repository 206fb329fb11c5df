// SPDX-License-Identifier: MIT
// A text is one <t>, or several in <r> when parts of it look different; <rPh> holds how an Asian text is read
// aloud, which is no part of it. White space is kept whether or not xml:space asks for it: programs that
// forget to ask would glue a name's parts together, and whoever takes a cell trims its ends.
#include "sheet/strings.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (32u << 20)

void strings_init(struct strings *s)
{
    *s = (struct strings){0};
    buf_init(&s->bytes, BYTES_MAX);
    buf_init(&s->one, SHEET_CELL_MAX);
}

void strings_release(struct strings *s)
{
    buf_release(&s->bytes);
    buf_release(&s->one);
    free(s->ends);
}

// _x000D_: a character that XML can't hold, or a line end that it would lose. -1: none begins here.
static int32_t escaped(struct text t)
{
    char digits[5] = {0}, *end;
    if (t.len < 7 || t.data[0] != '_' || t.data[1] != 'x' || t.data[6] != '_') return -1;
    memcpy(digits, t.data + 2, 4);
    if (strspn(digits, "0123456789ABCDEFabcdef") != 4) return -1;
    int32_t code = (int32_t)strtol(digits, &end, 16);
    return code >= 0xD800 && code <= 0xDFFF ? -1 : code;
}

void strings_clean(struct text raw, struct buf *out)
{
    for (size_t i = 0; i < raw.len;) {
        int32_t code = escaped((struct text){raw.data + i, raw.len - i});
        bool is_escaped = code >= 0;
        if (!is_escaped) code = (unsigned char)raw.data[i];
        i += is_escaped ? 7 : 1;
        if ((code < ' ' && code != '\n') || code == 0x7f) buf_addc(out, ' ');
        else if (is_escaped) utf8_add(out, (uint32_t)code);
        else buf_addc(out, (char)code);
    }
}

static void add_string(struct strings *s, struct xml *x)
{
    if (s->n == s->room) s->ends = mem_grow(s->ends, (s->room = 2 * s->room + 64) * sizeof *s->ends);
    strings_clean(buf_text(&s->one), &s->bytes);
    s->ends[s->n++] = s->bytes.len;
    if (s->n > SHEET_STRINGS_MAX || s->bytes.over)
        xml_refuse(x, ERR_LIMIT,
            "the file holds more text than a list of people: copy the list into a new file");
}

static void on_start(void *ctx, struct xml *x, const char *name, const char **attributes)
{
    struct strings *s = ctx;
    (void)x, (void)attributes;
    if (strcmp(name, "si") == 0) buf_clear(&s->one);
    else if (strcmp(name, "rPh") == 0) s->in_phonetic = true;
    else if (strcmp(name, "t") == 0) s->in_text = !s->in_phonetic;
}

static void on_end(void *ctx, struct xml *x, const char *name)
{
    struct strings *s = ctx;
    if (strcmp(name, "si") == 0) add_string(s, x);
    else if (strcmp(name, "rPh") == 0) s->in_phonetic = false;
    else if (strcmp(name, "t") == 0) s->in_text = false;
}

static void on_text(void *ctx, struct xml *x, struct text piece)
{
    struct strings *s = ctx;
    if (!s->in_text) return;
    buf_addt(&s->one, piece);
    if (s->one.over) xml_refuse(x, ERR_LIMIT, "a cell holds more than %d KiB of text", SHEET_CELL_MAX >> 10);
}

int strings_read(struct strings *s, struct package *p, const char *part, struct err *e)
{
    static const struct xml_reader reader = {on_start, on_end, on_text};
    return xml_read(p, part, &reader, s, e);
}

bool strings_find(const struct strings *s, struct text number, struct text *out)
{
    char digits[20] = {0}, *end;
    if (!number.len || number.len >= sizeof digits) return false;
    memcpy(digits, number.data, number.len);
    unsigned long long i = strtoull(digits, &end, 10);
    if (*end || i >= s->n) return false;
    size_t from = i ? s->ends[i - 1] : 0;
    *out = s->ends[i] > from ? (struct text){s->bytes.data + from, s->ends[i] - from} : (struct text){0};
    return true;
}
