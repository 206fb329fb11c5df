// SPDX-License-Identifier: MIT
// saved: see saved.h.
#include "usher/saved.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NAME "usher rehearsal"
#define LINE_MAX (1u << 20)

// ---- writing ----------------------------------------------------------------------------------------

static void put_line(struct record value, struct buf *out)
{
    record_print_json(value, out);
    buf_addc(out, '\n');
}

// The options that make a rehearsal what it is.
static const struct {
    const char *name;
    size_t at;
} texts[SAVED_TEXTS] = {{"guest", offsetof(struct usher_rehearsal, guests)},
    {"down", offsetof(struct usher_rehearsal, down)}, {"lang", offsetof(struct usher_rehearsal, language)},
    {"until", offsetof(struct usher_rehearsal, until)}};

static const char **option_of(struct usher_rehearsal *options, size_t i)
{
    return (const char **)(void *)((char *)options + texts[i].at);
}

void saved_print(const struct usher_rehearsal *options, int64_t from_ms, struct record effects,
    struct buf *out)
{
    struct usher_rehearsal copy = *options;
    struct record_map map;
    struct buf head;
    record_map_init(&map);
    buf_init(&head, LINE_MAX);
    record_map_int(&map, NAME, SAVED_VERSION);
    record_map_int(&map, "from", from_ms);
    for (size_t i = 0; i < SAVED_TEXTS; i++) {
        const char *said = *option_of(&copy, i);
        if (said) record_map_text(&map, texts[i].name, text_of(said));
    }
    record_map_end(&map, &head);
    put_line((struct record){(const uint8_t *)head.data, head.len}, out);
    for (struct record_iter it = record_each(effects); record_next(&it);) put_line(it.value, out);
    buf_release(&head);
}

// ---- reading ----------------------------------------------------------------------------------------

static struct text next_line(struct text *left)
{
    const char *newline = left->len ? memchr(left->data, '\n', left->len) : NULL;
    struct text line = {left->data, newline ? (size_t)(newline - left->data) : left->len};
    size_t taken = newline ? line.len + 1 : line.len;
    left->data += taken;
    left->len -= taken;
    return line;
}

static int read_head(struct saved *s, struct text line, struct err *e)
{
    if (record_from_json(line, &s->head, NULL) == 0) {
        int64_t version = record_get_int((struct record){(uint8_t *)s->head.data, s->head.len}, NAME, 0);
        if (version == SAVED_VERSION) return 0;
        if (version > SAVED_VERSION)
            return err_set(e, ERR_INPUT, "this rehearsal was saved by a newer usher (its format is %lld)",
                (long long)version);
    }
    return err_set(e, ERR_INPUT,
        "this is no saved rehearsal: make one with usher rehearse SCRIPT --save FILE");
}

// What changes.lua needs of every line.
static bool is_effect(struct record r)
{
    int64_t at;
    return record_int(record_get(r, "at"), &at) && record_get_text(r, "rule").len > 0;
}

static int read_lines(struct saved *s, struct text left, struct err *e)
{
    struct buf values;
    size_t n = 0;
    buf_init(&values, SIZE_MAX / 2);
    for (int line = 2; left.len; line++) {
        size_t before = values.len;
        struct err wrong = {0};
        bool fine = record_from_json(next_line(&left), &values, &wrong) == 0 &&
                    is_effect((struct record){(uint8_t *)values.data + before, values.len - before});
        if (!fine) {
            buf_release(&values);
            return err_set(e, ERR_INPUT, "line %d of this saved rehearsal is damaged: %s", line,
                wrong.code ? wrong.text : "it does not say what left, and when");
        }
        n++;
    }
    record_put_list(&s->lines, n);
    buf_add(&s->lines, values.data, values.len);
    buf_release(&values);
    return 0;
}

int saved_open(struct saved *s, struct text text, struct err *e)
{
    buf_init(&s->head, LINE_MAX);
    buf_init(&s->lines, SIZE_MAX / 2);
    int failed = read_head(s, next_line(&text), e);
    return failed ? failed : read_lines(s, text, e);
}

void saved_release(struct saved *s)
{
    buf_release(&s->head);
    buf_release(&s->lines);
    for (size_t i = 0; i < SAVED_TEXTS; i++) free(s->texts[i]);
}

void saved_options(struct saved *s, struct usher_rehearsal *options)
{
    struct record head = {(const uint8_t *)s->head.data, s->head.len};
    for (size_t i = 0; i < SAVED_TEXTS; i++) {
        const char **option = option_of(options, i);
        struct text said = record_get_text(head, texts[i].name);
        if (*option || !said.len) continue;
        free(s->texts[i]);
        *option = s->texts[i] = mem_copy(said.data, said.len);
    }
    if (!options->from && !options->from_ms) options->from_ms = record_get_int(head, "from", 0);
}
