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
    b->owner = ev;
    b->next = ev->books;
    ev->books = b;
    return b;
}

// ---- pages ----------------------------------------------------------------------------------------------

#define PAGE_ENTRIES_MAX 128 // 4 KiB: the memory of one move, and few enough pages that finding one is short

struct book_page {
    size_t n;
    struct book_entry entries[PAGE_ENTRIES_MAX];
};

// Where a key is, or would be. The page is missing only in an empty book.
struct place {
    size_t page, at;
    bool found;
};

static int compare(struct text a, struct text b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int c = least ? memcmp(a.data, b.data, least) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

// The last page that begins at or before the key; the first one when all begin after it.
static size_t find_page(const struct book *b, struct text key)
{
    size_t low = 0, high = b->pages_n;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (compare(key, b->pages[middle]->entries[0].key) < 0) high = middle;
        else low = middle;
    }
    return low;
}

static struct place find(const struct book *b, struct text key)
{
    if (!b->pages_n) return (struct place){0};
    size_t page = find_page(b, key), low = 0, high = b->pages[page]->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = compare(key, b->pages[page]->entries[middle].key);
        if (c == 0) return (struct place){page, middle, true};
        if (c < 0) high = middle;
        else low = middle + 1;
    }
    return (struct place){page, low, false};
}

static struct book_entry *entry_at(const struct book *b, struct place p)
{
    return &b->pages[p.page]->entries[p.at];
}

struct record book_get(const struct book *b, struct text key)
{
    struct place p = find(b, key);
    return p.found ? entry_at(b, p)->value : (struct record){0};
}

const struct book_entry *book_after(const struct book *b, struct text key)
{
    struct place p = find(b, key);
    if (p.page == b->pages_n) return NULL;
    p.at += p.found;
    if (p.at < b->pages[p.page]->n) return entry_at(b, p);
    return p.page + 1 < b->pages_n ? &b->pages[p.page + 1]->entries[0] : NULL;
}

static void add_page(struct book *b, size_t at)
{
    if (b->pages_n == b->pages_room) {
        b->pages_room = b->pages_room ? 2 * b->pages_room : 4;
        b->pages = mem_grow(b->pages, sizeof *b->pages * b->pages_room);
    }
    memmove(b->pages + at + 1, b->pages + at, sizeof *b->pages * (b->pages_n - at));
    b->pages[at] = mem_alloc(sizeof **b->pages);
    b->pages_n++;
}

// Makes room where a page is full. Behind the last entry a new page begins and the old one stays full: keys
// often come in order. Elsewhere the upper half moves out.
static struct place split(struct book *b, struct place p)
{
    size_t kept = p.page + 1 == b->pages_n && p.at == PAGE_ENTRIES_MAX ? p.at : PAGE_ENTRIES_MAX / 2;
    add_page(b, p.page + 1);
    struct book_page *lower = b->pages[p.page], *upper = b->pages[p.page + 1];
    upper->n = lower->n - kept;
    memcpy(upper->entries, lower->entries + kept, sizeof *upper->entries * upper->n);
    lower->n = kept;
    return p.at < kept ? p : (struct place){p.page + 1, p.at - kept, false};
}

static struct place insert(struct book *b, struct place p, struct text key)
{
    if (!b->pages_n) add_page(b, 0);
    if (b->pages[p.page]->n == PAGE_ENTRIES_MAX) p = split(b, p);
    struct book_page *page = b->pages[p.page];
    memmove(page->entries + p.at + 1, page->entries + p.at, sizeof *page->entries * (page->n - p.at));
    page->entries[p.at] = (struct book_entry){{mem_copy(key.data, key.len), key.len}, {0}};
    page->n++;
    b->n++;
    return p;
}

static void take_out(struct book *b, struct place p)
{
    struct book_page *page = b->pages[p.page];
    free((char *)page->entries[p.at].key.data);
    page->n--;
    b->n--;
    memmove(page->entries + p.at, page->entries + p.at + 1, sizeof *page->entries * (page->n - p.at));
    if (page->n) return;
    free(page);
    b->pages_n--;
    memmove(b->pages + p.page, b->pages + p.page + 1, sizeof *b->pages * (b->pages_n - p.page));
}

// ---- changes and their undoing --------------------------------------------------------------------------

// Puts the value in (or takes the entry out) and returns what was there; the caller owns that.
static struct record exchange(struct book *b, struct text key, struct record value)
{
    struct event *ev = b->owner;
    struct place p = find(b, key);
    struct record before = {0};
    if (p.found) {
        before = entry_at(b, p)->value;
        ev->book_bytes -= before.len + key.len;
        if (!value.data) take_out(b, p);
    } else if (value.data) {
        p = insert(b, p, key);
    }
    if (value.data) {
        entry_at(b, p)->value = (struct record){mem_copy(value.data, value.len), value.len};
        ev->book_bytes += value.len + key.len;
    }
    return before;
}

int book_set(struct engine *g, struct event *by, struct book *b, struct text key, struct record value,
    struct err *e)
{
    struct event *ev = b->owner;
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
    c->before = exchange(b, key, value);
    c->older = by->changes;
    by->changes = c;
    (b->sealed ? batch_sealed : batch_book)(g->batch, text_of(ev->name), text_of(b->name), key, value);
    return 0;
}

int book_seal(struct book *b, struct err *e)
{
    if (!b->sealed && b->n)
        return err_set(e, ERR_INPUT,
            "book '%s' has entries that are not sealed: give the sealed one another name", b->name);
    b->sealed = true;
    return 0;
}

void book_restore(struct event *ev, struct text book, struct text key, struct record value, bool sealed)
{
    struct book *b = book_find(ev, book);
    b->sealed |= sealed;
    struct record before = exchange(b, key, value);
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
        struct record undone = exchange(c->book, text_of(c->key), c->before);
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

static void page_free(struct book_page *page)
{
    for (size_t i = 0; i < page->n; i++) {
        free((char *)page->entries[i].key.data);
        free((void *)page->entries[i].value.data);
    }
    free(page);
}

void book_free_all(struct event *ev)
{
    book_forget_changes(ev);
    while (ev->books) {
        struct book *b = ev->books;
        ev->books = b->next;
        for (size_t i = 0; i < b->pages_n; i++) page_free(b->pages[i]);
        free(b->pages);
        free(b->name);
        free(b);
    }
}
