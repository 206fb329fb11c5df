// SPDX-License-Identifier: MIT
#include "world/smtp_reply.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int read_code(struct text line)
{
    if (line.len < 3 || !is_digit(line.data[0]) || !is_digit(line.data[1]) || !is_digit(line.data[2]))
        return 0;
    if (line.len > 3 && line.data[3] != ' ' && line.data[3] != '-') return 0;
    int code = (line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 + (line.data[2] - '0');
    return code >= 200 && code <= 599 ? code : 0;
}

static struct text without_end(struct text line)
{
    while (line.len && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == '\n')) line.len--;
    return line;
}

// The words go into journals and onto terminals: control bytes must not.
static void add_words(struct smtp_reply *r, struct text words)
{
    if (r->len && words.len && r->len < SMTP_REPLY_MAX) r->text[r->len++] = ' ';
    for (size_t i = 0; i < words.len && r->len < SMTP_REPLY_MAX; i++) {
        unsigned char c = (unsigned char)words.data[i];
        r->text[r->len++] = c < ' ' || c >= 0x7f ? '?' : (char)c;
    }
    r->text[r->len] = 0;
}

void smtp_reply_add(struct smtp_reply *r, struct text line)
{
    line = without_end(line);
    if (r->whole) *r = (struct smtp_reply){0};
    r->code = read_code(line);
    r->whole = line.len <= 3 || line.data[3] != '-' || !r->code;
    size_t skip = !r->code ? 0 : line.len > 3 ? 4 : 3;
    add_words(r, (struct text){line.data + skip, line.len - skip});
}

bool smtp_reply_offers(struct text line, const char *extension)
{
    line = without_end(line);
    size_t len = strlen(extension);
    if (read_code(line) != 250 || line.len < 4 + len) return false;
    if (strncasecmp(line.data + 4, extension, len)) return false;
    return line.len == 4 + len || line.data[4 + len] == ' ';
}

bool smtp_reply_greylists(const struct smtp_reply *r)
{
    if (r->code < 400 || r->code > 499) return false;
    if (strcasestr(r->text, "greylist") || strcasestr(r->text, "graylist")) return true;
    return (r->code == 450 || r->code == 451) && !strncmp(r->text, "4.7.1", 5);
}
