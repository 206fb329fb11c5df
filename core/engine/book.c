// SPDX-License-Identifier: MIT
// book: see book.h.
#include "engine/book.h"

#include "engine/engine.h"
#include "engine/script.h"

#include <stdlib.h>
#include <string.h>

struct book_change {
    struct book_change *older;
    struct book *book;
    char *key;
    struct record before; // data == NULL: it was not there
};

struct book *book_find(struct event *ev, struct text name)
{
    for (struct book *b = ev->books; b; b = b->next) {
        if (text_is(name, b->name)) return b;
    }
    struct book *b = mem_alloc(sizeof *b);
    b->name = mem_copy(name.data, name.len);
    b->next = ev->books;
    ev->books = b;
    return b;
}

static int compare(struct text a, const char *b)
{
    size_t b_len = strlen(b), least = a.len < b_len ? a.len : b_len;
    int c = memcmp(a.data, b, least);
    return c ? c : (a.len > b_len) - (a.len < b_len);
}

size_t book_position(const struct book *b, struct text key, bool *found)
{
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = compare(key, b->entries[middle].key);
        if (c == 0) {
            *found = true;
            return middle;
        }
        if (c < 0) high = middle;
        else low = middle + 1;
    }
    *found = false;
    return low;
}

struct record book_get(const struct book *b, struct text key)
{
    bool found;
    size_t i = book_position(b, key, &found);
    return found ? b->entries[i].value : (struct record){0};
}

static void insert_at(struct book *b, size_t i, struct text key)
{
    if (b->n == b->room) {
        b->room = b->room ? 2 * b->room : 16;
        b->entries = mem_grow(b->entries, sizeof *b->entries * b->room);
    }
    memmove(b->entries + i + 1, b->entries + i, sizeof *b->entries * (b->n - i));
    b->entries[i] = (struct book_entry){mem_copy(key.data, key.len), {0}};
    b->n++;
}

static void remove_at(struct book *b, size_t i)
{
    free(b->entries[i].key);
    memmove(b->entries + i, b->entries + i + 1, sizeof *b->entries * (b->n - i - 1));
    b->n--;
}

// Puts the value in (or takes the entry out) and returns what was there; the caller owns that.
static struct record exchange(struct event *ev, struct book *b, struct text key, struct record value)
{
    bool found;
    size_t i = book_position(b, key, &found);
    struct record before = {0};
    if (found) {
        before = b->entries[i].value;
        ev->book_bytes -= before.len + key.len;
        if (!value.data) remove_at(b, i);
    } else if (value.data) {
        insert_at(b, i, key);
    }
    if (value.data) {
        b->entries[i].value = (struct record){mem_copy(value.data, value.len), value.len};
        ev->book_bytes += value.len + key.len;
    }
    return before;
}

int book_set(struct engine *g, struct event *ev, struct book *b, struct text key, struct record value,
    struct err *e)
{
    if (key.len == 0 || key.len > BOOK_KEY_MAX || memchr(key.data, 0, key.len)) {
        return err_set(e, ERR_INPUT, "a key of book '%s' must be a text of 1 to %d bytes", b->name,
            BOOK_KEY_MAX);
    }
    if (value.data && ev->book_bytes + value.len + key.len > BOOK_BYTES_MAX) {
        return err_set(e, ERR_LIMIT, "the books of '%s' are full (%u MiB): remove what is no longer needed",
            ev->name, BOOK_BYTES_MAX >> 20);
    }
    struct book_change *c = mem_alloc(sizeof *c);
    c->book = b;
    c->key = mem_copy(key.data, key.len);
    c->before = exchange(ev, b, key, value);
    c->older = ev->changes;
    ev->changes = c;
    batch_book(g->batch, text_of(ev->name), text_of(b->name), key, value);
    return 0;
}

void book_restore(struct event *ev, struct text book, struct text key, struct record value)
{
    struct record before = exchange(ev, book_find(ev, book), key, value);
    free((void *)before.data);
}

struct book_change *book_mark(const struct event *ev)
{
    return ev->changes;
}

static void change_free(struct book_change *c)
{
    free(c->key);
    free((void *)c->before.data);
    free(c);
}

void book_rewind(struct event *ev, struct book_change *mark)
{
    while (ev->changes != mark) {
        struct book_change *c = ev->changes;
        ev->changes = c->older;
        struct record undone = exchange(ev, c->book, text_of(c->key), c->before);
        free((void *)undone.data);
        change_free(c);
    }
}

void book_forget_changes(struct event *ev)
{
    while (ev->changes) {
        struct book_change *c = ev->changes;
        ev->changes = c->older;
        change_free(c);
    }
}

void book_free_all(struct event *ev)
{
    book_forget_changes(ev);
    while (ev->books) {
        struct book *b = ev->books;
        ev->books = b->next;
        for (size_t i = 0; i < b->n; i++) {
            free(b->entries[i].key);
            free((void *)b->entries[i].value.data);
        }
        free(b->entries);
        free(b->name);
        free(b);
    }
}
