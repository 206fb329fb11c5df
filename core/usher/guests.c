// SPDX-License-Identifier: MIT
// guests: see guests.h.
#include "usher/guests.h"

#include "base/nearest.h"

#include <string.h>

static const char *const ways[] = {"accepts", "declines", "silent", "late", "cancels", "no-show", "bounces"};
#define WAYS_N (sizeof ways / sizeof *ways)
#define WAYS_TEXT "accepts, declines, silent, late, cancels, no-show or bounces"

struct parse {
    struct buf mix; // maps, one after the other
    size_t mix_n, parts_n;
    int share; // of a hundred that have been given away
    bool all;  // one word without a share
    struct record_map people;
    struct err *e;
};

static struct text trim(struct text t)
{
    while (t.len && (t.data[0] == ' ' || t.data[0] == '\t')) t = (struct text){t.data + 1, t.len - 1};
    while (t.len && (t.data[t.len - 1] == ' ' || t.data[t.len - 1] == '\t')) t.len--;
    return t;
}

static int refuse_way(struct parse *p, struct text word)
{
    const char *near = nearest_word(word, ways, WAYS_N);
    if (near)
        return err_set(p->e, ERR_USAGE, "--guest: guests don't do '%.*s' (did you mean '%s'?)", (int)word.len,
            word.data, near);
    return err_set(p->e, ERR_USAGE, "--guest: guests don't do '%.*s'; what they do is " WAYS_TEXT,
        (int)word.len, word.data);
}

static int check_way(struct parse *p, struct text word)
{
    for (size_t i = 0; i < WAYS_N; i++) {
        if (text_is(word, ways[i])) return 0;
    }
    return refuse_way(p, word);
}

static void put_part(struct parse *p, struct text word, int share)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "how", word);
    record_map_int(&map, "share", share);
    record_map_end(&map, &p->mix);
    p->mix_n++;
}

// "P0042=declines"
static int parse_person(struct parse *p, struct text part, const char *equals)
{
    struct text key = trim((struct text){part.data, (size_t)(equals - part.data)});
    struct text word = trim((struct text){equals + 1, (size_t)(part.data + part.len - equals) - 1});
    if (!key.len)
        return err_set(p->e, ERR_USAGE, "--guest: write the key of a person before =, as in P0042=%.*s",
            (int)word.len, word.data);
    if (check_way(p, word)) return -(int)ERR_USAGE;
    struct buf *pair = record_map_pair(&p->people);
    record_put_text(pair, key);
    record_put_text(pair, word);
    return 0;
}

// Digits before a percent sign; -1: they are none.
static int read_share(struct text digits)
{
    int share = 0;
    if (!digits.len || digits.len > 3) return -1;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') return -1;
        share = 10 * share + (digits.data[i] - '0');
    }
    return share;
}

// "late 10%"
static int parse_share(struct parse *p, struct text part)
{
    struct text word = {part.data, 0};
    while (word.len < part.len && part.data[word.len] != ' ' && part.data[word.len] != '\t') word.len++;
    struct text digits = trim((struct text){part.data + word.len, part.len - word.len - 1});
    int share = read_share(digits);
    if (check_way(p, word)) return -(int)ERR_USAGE;
    if (share < 1 || share > 100)
        return err_set(p->e, ERR_USAGE,
            "--guest: '%.*s' is no share of the guests: write it as in '%.*s 10%%'", (int)part.len, part.data,
            (int)word.len, word.data);
    p->share += share;
    if (p->share > 100)
        return err_set(p->e, ERR_USAGE, "--guest: these are %d%% of the guests: there are only a hundred",
            p->share);
    put_part(p, word, share);
    return 0;
}

static int parse_part(struct parse *p, struct text part)
{
    const char *equals = part.len ? memchr(part.data, '=', part.len) : NULL;
    if (!part.len) return err_set(p->e, ERR_USAGE, "--guest: one of its parts is empty");
    if (++p->parts_n > GUESTS_PARTS_MAX)
        return err_set(p->e, ERR_USAGE, "--guest: more than %d parts", GUESTS_PARTS_MAX);
    if (equals) return parse_person(p, part, equals);
    bool shared = part.data[part.len - 1] == '%';
    if (!shared && check_way(p, part)) return -(int)ERR_USAGE;
    if (p->all || (!shared && p->mix_n))
        return err_set(p->e, ERR_USAGE,
            "--guest: say how many of the guests do each, as in \"late 10%%, no-show 20%%\"");
    if (shared) return parse_share(p, part);
    p->all = true;
    put_part(p, part, 100);
    return 0;
}

static int parse_all(struct parse *p, struct text left)
{
    for (;;) {
        const char *comma = left.len ? memchr(left.data, ',', left.len) : NULL;
        struct text part = {left.data, comma ? (size_t)(comma - left.data) : left.len};
        if (parse_part(p, trim(part))) return -(int)ERR_USAGE;
        if (!comma) return 0;
        left = (struct text){comma + 1, left.len - part.len - 1};
    }
}

int guests_parse(struct text said, struct buf *out, struct err *e)
{
    struct parse p = {.e = e};
    struct record_map map;
    buf_init(&p.mix, 65536);
    record_map_init(&p.people);
    record_map_init(&map);
    int failed = parse_all(&p, said);
    struct buf *mix = record_map_key(&map, "mix");
    record_put_list(mix, p.mix_n);
    buf_addt(mix, buf_text(&p.mix));
    if (!record_map_close(&p.people, record_map_key(&map, "people")) && !failed)
        failed = err_set(e, ERR_USAGE, "--guest: one person is there twice");
    if (failed) record_map_release(&map);
    else record_map_end(&map, out);
    buf_release(&p.mix);
    return failed;
}
