// SPDX-License-Identifier: MIT
// book: an event's collections (answers, people, sign-ups), in memory and on disk.
//
// Every change goes into the batch of the step or handler that makes it, and into an undo list, so that
// a slice that is taken back takes its changes with it. Values are records; keys are sorted bytewise.
// Bounded by BOOK_BYTES_MAX for all books of an event: 10,000 people are about 5 MB.
// The house (engine.h) has books too, which all events of the installation share: who takes no mail any more.
// On disk their event is BOOK_HOUSE, which no script may take for its name.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define BOOK_BYTES_MAX (64u << 20)
#define BOOK_KEY_MAX 256
#define BOOK_HOUSE "*"

struct engine;
struct event;

// Entries lie sorted in pages of a bounded size: adding one moves a page's worth of memory at most, however
// many there are.
struct book_page;

struct book_entry {
    struct text key; // both are the book's; a NUL follows the key
    struct record value;
};

struct book {
    struct book *next;
    struct event *owner;
    char *name;
    struct book_page **pages; // none is empty
    size_t pages_n, pages_room;
    size_t n;    // entries in all
    bool sealed; // on disk it says nothing about the order of its entries: batch_sealed of store.h
};

struct book *book_find(struct event *ev, struct text name); // made when it is new
int book_seal(struct book *b, struct err *e); // -INPUT when it has entries whose order is on disk
struct record book_get(const struct book *b, struct text key); // data == NULL: not there
// The first entry after that key (the first of all for an empty one); NULL: none. Lent until the next change.
const struct book_entry *book_after(const struct book *b, struct text key);
// No value: removes. -LIMIT when the owner's books are full. `by`: the event whose slice makes the change,
// and takes it back.
int book_set(struct engine *g, struct event *by, struct book *b, struct text key, struct record value,
    struct err *e);
// As loaded from the store: not written again.
void book_restore(struct event *ev, struct text book, struct text key, struct record value, bool sealed);
void book_free_all(struct event *ev);

// Undo: what a slice changed since the mark, newest first.
struct book_change;
struct book_change *book_mark(const struct event *ev);
void book_rewind(struct event *ev, struct book_change *mark);
void book_forget_changes(struct event *ev); // the slice ended well
