// SPDX-License-Identifier: MIT
#include "engine/handed.h"

#include "base/nearest.h"
#include "engine/book.h"
#include "engine/script.h"

#include <stdio.h>
#include <string.h>

#define BOOK TEXT("handed on")
#define LISTS_MAX 100 // of one event, for "did you mean"

// "EVENT/" or "EVENT/LIST/": what the keys begin with.
static void put_prefix(struct text event, struct text list, struct buf *out)
{
    buf_addt(out, event);
    buf_addc(out, '/');
    if (!list.data) return;
    buf_addt(out, list);
    buf_addc(out, '/');
}

static bool begins_with(struct text key, struct text prefix)
{
    return key.len > prefix.len && memcmp(key.data, prefix.data, prefix.len) == 0;
}

// ---- declaring ----------------------------------------------------------------------------------------

static int declare(struct engine *g, struct event *ev, struct text list, struct record about, struct err *e)
{
    struct book *b = book_find(g->house, BOOK);
    struct buf key;
    int failed = 0;
    buf_init(&key, 4096);
    put_prefix(text_of(ev->name), (struct text){0}, &key);
    buf_addt(&key, list);
    struct record kept = book_get(b, buf_text(&key));
    bool same = kept.len == about.len && kept.data && memcmp(kept.data, about.data, about.len) == 0;
    if (!same) failed = book_set(g, ev, b, buf_text(&key), about, e);
    buf_release(&key);
    return failed;
}

int handed_declare(struct engine *g, struct script *s, struct err *e)
{
    struct record lists = s->about.data ? record_get(s->about, "hands_on") : (struct record){0};
    struct text list;
    if (!lists.data) return 0;
    for (struct record_iter it = record_each(lists); record_next(&it);) {
        if (record_text(it.key, &list) && declare(g, s->event, list, it.value, e)) return -(int)e->code;
    }
    book_forget_changes(s->event);
    return 0;
}

// ---- reading ------------------------------------------------------------------------------------------

// Lists of the event by their names; whoever stands on one has a further '/' in the key.
static size_t list_names(const struct book *b, struct text event, const char *names[LISTS_MAX])
{
    struct buf prefix;
    size_t n = 0;
    buf_init(&prefix, 4096);
    put_prefix(event, (struct text){0}, &prefix);
    const struct book_entry *entry = book_after(b, buf_text(&prefix));
    for (; entry && n < LISTS_MAX && begins_with(entry->key, buf_text(&prefix));
         entry = book_after(b, entry->key)) {
        const char *name = entry->key.data + prefix.len;
        if (!strchr(name, '/')) names[n++] = name;
    }
    buf_release(&prefix);
    return n;
}

// " (did you mean 'trainings'?)", or which there are.
static void put_meant(struct text list, const char **names, size_t n, struct buf *out)
{
    const char *near = nearest_word(list, names, n);
    if (near) buf_addf(out, " (did you mean '%s'?)", near);
    else if (n == 0) buf_addz(out, ": it hands on none");
    for (size_t i = 0; i < n && !near; i++) buf_addf(out, "%s%s", i ? ", " : " (known: ", names[i]);
    if (n && !near) buf_addc(out, ')');
}

static int say_unknown(struct engine *g, struct text event, struct text list, struct err *e)
{
    const char *names[LISTS_MAX];
    size_t n = list_names(book_find(g->house, BOOK), event, names);
    struct buf meant;
    buf_init(&meant, 65536);
    put_meant(list, names, n, &meant);
    int failed = err_set(e, ERR_INPUT, "the event '%.*s' hands on no list '%.*s'%s", (int)event.len,
        event.data, (int)list.len, list.data, buf_z(&meant));
    buf_release(&meant);
    return failed;
}

static void put_people(const struct book *b, struct text prefix, struct buf *out)
{
    struct record_map people;
    record_map_init(&people);
    people.pairs.max = SIZE_MAX / 2;
    const struct book_entry *entry = book_after(b, prefix);
    for (; entry && begins_with(entry->key, prefix); entry = book_after(b, entry->key))
        record_map_value(&people, entry->key.data + prefix.len, entry->value);
    record_map_end(&people, out);
}

static void put_list(const struct book *b, struct text event, struct text list, struct record about,
    struct buf *out)
{
    struct record_map map;
    struct buf prefix, bytes;
    record_map_init(&map);
    map.pairs.max = SIZE_MAX / 2;
    buf_init(&prefix, 4096);
    buf_init(&bytes, SIZE_MAX / 2);
    put_prefix(event, list, &prefix);
    record_map_value(&map, "about", about);
    put_people(b, buf_text(&prefix), record_map_key(&map, "people"));
    record_map_end(&map, &bytes);
    record_print_json((struct record){(uint8_t *)bytes.data, bytes.len}, out);
    buf_release(&prefix);
    buf_release(&bytes);
}

int handed_print(struct engine *g, struct text event, struct text list, struct buf *out, struct err *e)
{
    struct book *b = book_find(g->house, BOOK);
    struct buf key;
    int64_t version;
    buf_init(&key, 4096);
    put_prefix(event, (struct text){0}, &key);
    buf_addt(&key, list);
    struct record about = book_get(b, buf_text(&key));
    buf_release(&key);
    if (about.data) {
        put_list(b, event, list, about, out);
        return 0;
    }
    if (join_version_in_force(g, event, &version, e)) return -(int)e->code;
    return version || engine_event(g, event) ? say_unknown(g, event, list, e) : 0;
}
