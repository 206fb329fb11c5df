// SPDX-License-Identifier: MIT
// person: what is kept of somebody: looked up, exported, or forgotten. The words of every event are asked
// on a copy of the database (copy.h), in virtual time and without running anything; what is to go is then
// handed to whichever process has the database (engine/forget.h), which needs no words for it.
//
// A person is who has a key or an address; the same address in another event is the same person. So all
// events are asked twice: which addresses this person has, then what there is of these.
#include "usher.h"

#include "base/log.h"
#include "engine/ask.h"
#include "engine/book.h"
#include "engine/script.h"
#include "store/batch.h"
#include "usher/copy.h"
#include "usher/library.h"
#include "usher/rehearsal.h"

#include <stdlib.h>
#include <string.h>

// A list that grows: its values lie one after the other.
struct values {
    struct buf bytes;
    struct place {
        size_t at, len;
    } * places; // of each, in `bytes`
    size_t n;
};

struct person {
    const struct usher_options *options;
    struct usher_rehearsal how;
    struct rehearsal life;
    struct copy copy;
    struct buf request;
    struct values people, deputies, addresses, words, keep, entries, data; // data: of each event
    struct buf done;
    struct err error;
};

static struct record asked(const struct person *p)
{
    return (struct record){(const uint8_t *)p->request.data, p->request.len};
}

static bool wants(const struct person *p, const char *act)
{
    return text_is(record_get_text(asked(p), "act"), act);
}

// ---- lists ----------------------------------------------------------------------------------------------

static void values_init(struct values *v)
{
    *v = (struct values){.n = 0};
    buf_init(&v->bytes, SIZE_MAX / 2);
}

static void values_release(struct values *v)
{
    free(v->places);
    buf_release(&v->bytes);
}

static void values_add(struct values *v, struct record value)
{
    if (!value.data) return;
    v->places = mem_grow(v->places, sizeof *v->places * (v->n + 1));
    v->places[v->n++] = (struct place){v->bytes.len, value.len};
    buf_add(&v->bytes, value.data, value.len);
}

static bool values_have(const struct values *v, struct record value)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct place *one = &v->places[i];
        if (one->len == value.len && memcmp(v->bytes.data + one->at, value.data, value.len) == 0) return true;
    }
    return false;
}

// What is there already is not added again.
static void values_join(struct values *v, struct record list)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        if (!values_have(v, it.value)) values_add(v, it.value);
    }
}

static void put_values(const struct values *v, struct buf *out)
{
    record_put_list(out, v->n);
    buf_addt(out, buf_text(&v->bytes));
}

static void map_values(struct record_map *map, const char *field, const struct values *v)
{
    put_values(v, record_map_key(map, field));
}

// ---- asking the words -----------------------------------------------------------------------------------

// Calls a handler of one event. False: it has none of that name, or it failed.
static bool call(struct person *p, struct event *ev, const char *name, struct record request,
    struct buf *reply)
{
    struct handler *handler = script_handler(ev->current, text_of(name));
    bool passed;
    buf_init(reply, SIZE_MAX / 2);
    if (!handler) return false;
    struct handling h = {.name = handler->name, .function = handler->function};
    return engine_handle(ev->current, &h, request, reply, &passed, &p->error) == 0;
}

static bool is_wanted(const struct person *p, const struct event *ev)
{
    struct text event = record_get_text(asked(p), "event");
    return !event.len || text_is(event, ev->name);
}

static void put_question(const struct person *p, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "person", record_get_text(asked(p), "person"));
    map_values(&map, "addresses", &p->addresses);
    record_map_bool(&map, "export", wants(p, "export"));
    record_map_end(&map, out);
}

static void take_people(struct person *p, const struct event *ev, struct record found)
{
    for (struct record_iter it = record_each(record_get(found, "people")); record_next(&it);) {
        struct record_map map;
        struct buf one;
        record_map_init(&map);
        buf_init(&one, SIZE_MAX / 2);
        record_map_text(&map, "event", text_of(ev->name));
        record_map_value(&map, "key", record_get(it.value, "key"));
        record_map_value(&map, "name", record_get(it.value, "name"));
        record_map_value(&map, "mail", record_get(it.value, "mail"));
        record_map_value(&map, "apart", record_get(found, "apart"));
        record_map_end(&map, &one);
        values_add(&p->people, (struct record){(uint8_t *)one.data, one.len});
        buf_release(&one);
    }
}

static void take_found(struct person *p, const struct event *ev, struct record found)
{
    take_people(p, ev, found);
    values_join(&p->deputies, record_get(found, "deputies"));
    values_join(&p->words, record_get(found, "words"));
    values_join(&p->keep, record_get(found, "keep"));
    if (record_count(record_get(found, "data"))) {
        struct record_map map;
        struct buf one;
        record_map_init(&map);
        buf_init(&one, SIZE_MAX / 2);
        record_map_value(&map, "event", record_get(found, "event"));
        record_map_value(&map, "kept", record_get(found, "data"));
        record_map_end(&map, &one);
        values_add(&p->data, (struct record){(uint8_t *)one.data, one.len});
        buf_release(&one);
    }
}

// Asks every event; only_addresses: nothing else of the answers is taken.
static int ask_events(struct person *p, bool only_addresses)
{
    struct buf question;
    buf_init(&question, SIZE_MAX / 2);
    put_question(p, &question);
    struct record request = {(uint8_t *)question.data, question.len};
    for (struct event *ev = p->life.engine->events; ev && !p->error.code; ev = ev->next) {
        struct buf reply;
        if (is_wanted(p, ev) && call(p, ev, "personal", request, &reply)) {
            struct record found = {(uint8_t *)reply.data, reply.len};
            values_join(&p->addresses, record_get(found, "addresses"));
            if (!only_addresses) take_found(p, ev, found);
        }
        buf_release(&reply);
    }
    buf_release(&question);
    return p->error.code ? -1 : 0;
}

// ---- what goes out of the books -------------------------------------------------------------------------

// What the books of an event (or of all, "*") held before: list of [book, key, value].
static void kept_books(struct person *p, const char *event, struct buf *out)
{
    struct store_answer a;
    buf_init(out, SIZE_MAX / 2);
    store_books(p->life.store, text_of(event));
    while (store_next(p->life.store, &a)) {
        if (a.ask == STORE_BOOKS) buf_add(out, a.list.data, a.list.len);
        store_answer_release(&a);
    }
}

static struct record kept_entry(struct record books, const struct book_op *op)
{
    for (struct record_iter it = record_each(books); record_next(&it);) {
        struct record_iter part = record_each(it.value);
        struct text book = {0}, key = {0};
        if (record_next(&part)) record_text(part.value, &book);
        if (record_next(&part)) record_text(part.value, &key);
        if (record_next(&part) && text_eq(book, op->book) && text_eq(key, op->key)) return part.value;
    }
    return (struct record){0};
}

static bool comes_again(const struct batch *b, size_t i)
{
    const struct book_op *op = b->ops[i].book;
    for (size_t k = i + 1; k < b->n; k++) {
        const struct op *other = &b->ops[k];
        if (other->kind != OP_BOOK && other->kind != OP_SEALED) continue;
        if (text_eq(other->book->event, op->event) && text_eq(other->book->book, op->book) &&
            text_eq(other->book->key, op->key))
            return true;
    }
    return false;
}

static void take_entry(struct person *p, const struct op *op, struct record books)
{
    struct record_map map;
    struct buf one;
    record_map_init(&map);
    buf_init(&one, SIZE_MAX / 2);
    record_map_text(&map, "event", op->book->event);
    record_map_text(&map, "book", op->book->book);
    record_map_text(&map, "key", op->book->key);
    if (op->kind == OP_SEALED) record_map_bool(&map, "sealed", true);
    else record_map_value(&map, "was", kept_entry(books, op->book));
    record_map_value(&map, "now", op->book->value);
    record_map_end(&map, &one);
    values_add(&p->entries, (struct record){(uint8_t *)one.data, one.len});
    buf_release(&one);
}

static void put_keys(const struct person *p, const struct event *ev, struct buf *out)
{
    struct record_map map;
    struct values keys;
    record_map_init(&map);
    values_init(&keys);
    struct buf people;
    buf_init(&people, SIZE_MAX / 2);
    put_values(&p->people, &people);
    struct record all = {(uint8_t *)people.data, people.len};
    for (struct record_iter it = record_each(all); record_next(&it);) {
        if (text_is(record_get_text(it.value, "event"), ev->name))
            values_add(&keys, record_get(it.value, "key"));
    }
    map_values(&map, "keys", &keys);
    map_values(&map, "addresses", &p->addresses);
    record_map_end(&map, out);
    values_release(&keys);
    buf_release(&people);
}

// The words forget on the copy; what they changed there is what is to change.
static int forget_in_books(struct person *p, struct event *ev)
{
    struct buf request, reply;
    buf_init(&request, SIZE_MAX / 2);
    put_keys(p, ev, &request);
    call(p, ev, "personal forget", (struct record){(uint8_t *)request.data, request.len}, &reply);
    buf_release(&request);
    buf_release(&reply);
    return p->error.code ? -1 : 0;
}

static void take_entries_of(struct person *p, const char *event)
{
    const struct batch *b = p->life.engine->batch;
    struct buf books;
    kept_books(p, event, &books);
    for (size_t i = 0; i < b->n; i++) {
        const struct op *op = &b->ops[i];
        bool is_entry = op->kind == OP_BOOK || op->kind == OP_SEALED;
        if (is_entry && text_is(op->book->event, event) && !comes_again(b, i))
            take_entry(p, op, (struct record){(uint8_t *)books.data, books.len});
    }
    buf_release(&books);
}

static int find_entries(struct person *p)
{
    for (struct event *ev = p->life.engine->events; ev; ev = ev->next) {
        if (is_wanted(p, ev) && forget_in_books(p, ev)) return -1;
    }
    take_entries_of(p, BOOK_HOUSE);
    for (struct event *ev = p->life.engine->events; ev; ev = ev->next) take_entries_of(p, ev->name);
    return 0;
}

// ---- the copy -------------------------------------------------------------------------------------------

static int open_life(struct person *p)
{
    p->life.store = copy_open(&p->copy, &p->error);
    if (!p->life.store || rehearsal_open(&p->life, p->copy.now)) goto fail;
    engine_stop(p->life.engine);
    if (engine_load_stored(p->life.engine, &p->life.error) == 0) return 0;
fail:
    if (!p->error.code) p->error = p->life.error;
    return -1;
}

static void put_what(const struct person *p, bool with_stage, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    if (!with_stage) record_map_text(&map, "ask", TEXT("forget"));
    map_values(&map, "people", &p->people);
    map_values(&map, "words", &p->words);
    map_values(&map, "keep", &p->keep);
    map_values(&map, "entries", &p->entries);
    map_values(&map, "addresses", &p->addresses);
    record_map_value(&map, "who", record_get(asked(p), "who"));
    record_map_value(&map, "note", record_get(asked(p), "note"));
    record_map_bool(&map, "lists", record_get_bool(asked(p), "lists", false));
    record_map_end(&map, out);
}

// It happens on the copy first: a script that can't do without this person is a reason to stop.
static int try_it(struct person *p)
{
    struct store_forgotten counts;
    struct buf what;
    rehearsal_close(&p->life);
    buf_init(&what, SIZE_MAX / 2);
    put_what(p, true, &what);
    p->life.store = copy_open(&p->copy, &p->error);
    int failed = p->life.store ? store_forget(p->life.store, (struct record){(uint8_t *)what.data, what.len},
                                     script_hash, false, &counts, &p->error)
                               : -1;
    buf_release(&what);
    if (failed || rehearsal_open(&p->life, p->copy.now)) return -1;
    engine_stop(p->life.engine);
    if (engine_load_stored(p->life.engine, &p->error) == 0) return 0;
    return err_in(&p->error,
        "an event can't do without them, so nothing was changed. Put somebody else there first, "
        "and start usher once");
}

// ---- everything of a person -----------------------------------------------------------------------------

struct list_asker {
    bool answered;
    struct buf rows;
};

static void on_rows(void *ctx, struct record rows, const struct err *error)
{
    struct list_asker *a = ctx;
    a->answered = true;
    if (!error) buf_add(&a->rows, rows.data, rows.len);
}

static void ask_rows(struct person *p, const char *list, struct record args, struct buf *out)
{
    struct list_asker a = {.answered = false};
    struct engine *g = p->life.engine;
    buf_init(&a.rows, SIZE_MAX / 2);
    engine_ask_store(g, store_list(g->store, list, args), on_rows, &a);
    while (!a.answered) engine_tick(g);
    *out = a.rows;
}

static void add_rows(struct person *p, const char *list, const char *by, struct text value,
    struct record person, const char *field, struct record_map *into)
{
    struct record_map map;
    struct buf args, rows;
    record_map_init(&map);
    buf_init(&args, SIZE_MAX / 2);
    record_map_value(&map, "event", record_get(person, "event"));
    record_map_text(&map, by, value);
    record_map_end(&map, &args);
    ask_rows(p, list, (struct record){(uint8_t *)args.data, args.len}, &rows);
    record_map_value(into, field, (struct record){(uint8_t *)rows.data, rows.len});
    buf_release(&rows);
    buf_release(&args);
}

// The keys of all flows that bear their name or key, as JSON: also of mails of theirs that were passed on.
static void find_keys(struct person *p, struct record person, struct buf *json)
{
    struct record_map map;
    struct values keys;
    struct buf found, list;
    struct text name = record_get_text(person, "name"), key = record_get_text(person, "key");
    record_map_init(&map);
    values_init(&keys);
    buf_init(&found, SIZE_MAX / 2);
    buf_init(&list, SIZE_MAX / 2);
    add_rows(p, "find", "text", name, person, "named", &map);
    if (key.len) add_rows(p, "find", "text", key, person, "keyed", &map);
    record_map_end(&map, &found);
    for (struct record_iter of = record_each((struct record){(uint8_t *)found.data, found.len});
         record_next(&of);) {
        for (struct record_iter it = record_each(of.value); record_next(&it);) {
            struct text other = record_get_text(it.value, "key");
            bool own = key.len && other.len >= key.len && memcmp(other.data, key.data, key.len) == 0 &&
                       (other.len == key.len || other.data[key.len] == '/');
            struct record one = record_get(it.value, "key");
            if ((own || text_eq(record_get_text(it.value, "label"), name)) && !values_have(&keys, one))
                values_add(&keys, one);
        }
    }
    put_values(&keys, &list);
    record_print_json((struct record){(uint8_t *)list.data, list.len}, json);
    values_release(&keys);
    buf_release(&found);
    buf_release(&list);
}

// Mails with what became of them, what came in, and what the trail says.
static void add_history(struct person *p, struct record person)
{
    struct record_map map;
    struct buf keys, one;
    struct text key = record_get_text(person, "key");
    record_map_init(&map);
    buf_init(&keys, SIZE_MAX / 2);
    buf_init(&one, SIZE_MAX / 2);
    find_keys(p, person, &keys);
    record_map_value(&map, "event", record_get(person, "event"));
    record_map_value(&map, "key", record_get(person, "key"));
    add_rows(p, "letters", "keys", buf_text(&keys), person, "mails", &map);
    add_rows(p, "arrivals", "keys", buf_text(&keys), person, "came_in", &map);
    if (key.len) add_rows(p, "acts", "about", key, person, "trail", &map);
    record_map_end(&map, &one);
    values_add(&p->data, (struct record){(uint8_t *)one.data, one.len});
    buf_release(&keys);
    buf_release(&one);
}

static void add_histories(struct person *p)
{
    struct buf people;
    buf_init(&people, SIZE_MAX / 2);
    put_values(&p->people, &people);
    for (struct record_iter it = record_each((struct record){(uint8_t *)people.data, people.len});
         record_next(&it);)
        add_history(p, it.value);
    buf_release(&people);
}

// ---- handing it over ------------------------------------------------------------------------------------

static int hand_over(struct person *p)
{
    struct buf what, json, reply;
    char *answer, *error;
    buf_init(&what, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    buf_init(&reply, SIZE_MAX / 2);
    put_what(p, false, &what);
    record_print_json((struct record){(uint8_t *)what.data, what.len}, &json);
    int code = usher_command(p->options, buf_z(&json), &answer, &error);
    if (code) err_set(&p->error, code == USHER_STORAGE ? ERR_STORAGE : ERR_INPUT, "%s", error);
    else if (record_from_json(text_of(answer), &reply, &p->error) == 0) {
        struct record done = record_get((struct record){(uint8_t *)reply.data, reply.len}, "reply");
        buf_add(&p->done, done.data, done.len);
    }
    free(answer);
    free(error);
    buf_release(&what);
    buf_release(&json);
    buf_release(&reply);
    return p->error.code ? -1 : 0;
}

static int nobody(struct person *p)
{
    struct text person = record_get_text(asked(p), "person"), event = record_get_text(asked(p), "event");
    return err_set(&p->error, ERR_INPUT,
        "nobody here has the key or the address '%.*s'%s%.*s: usher who lists the people of an event",
        (int)person.len, person.data ? person.data : "", event.len ? " in " : "", (int)event.len,
        event.data ? event.data : "");
}

static int look(struct person *p)
{
    if (open_life(p) || ask_events(p, true) || ask_events(p, false)) return -1;
    return p->people.n || p->deputies.n ? 0 : nobody(p);
}

static int act(struct person *p)
{
    if (look(p)) return -1;
    if (wants(p, "export")) add_histories(p);
    if (!wants(p, "forget")) return 0;
    return find_entries(p) || try_it(p) || hand_over(p) ? -1 : 0;
}

static char *answer_of(const struct person *p)
{
    struct record_map map;
    struct buf answer, json;
    record_map_init(&map);
    buf_init(&answer, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    map_values(&map, "people", &p->people);
    map_values(&map, "deputies", &p->deputies);
    if (wants(p, "export")) map_values(&map, "export", &p->data);
    if (p->done.len) record_map_value(&map, "done", (struct record){(uint8_t *)p->done.data, p->done.len});
    record_map_end(&map, &answer);
    record_print_json((struct record){(uint8_t *)answer.data, answer.len}, &json);
    buf_release(&answer);
    return buf_take(&json, NULL);
}

static void begin(struct person *p, const struct usher_options *options)
{
    *p = (struct person){.options = options, .copy = {.file = -1}};
    p->how = (struct usher_rehearsal){.no_pretending = 1, .config = options->config};
    p->life = (struct rehearsal){.options = &p->how};
    buf_init(&p->life.notices, SIZE_MAX / 2);
    buf_init(&p->request, 65536);
    buf_init(&p->done, SIZE_MAX / 2);
    struct values *lists[] = {&p->people, &p->deputies, &p->addresses, &p->words, &p->keep, &p->entries,
        &p->data};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) values_init(lists[i]);
}

static void end(struct person *p)
{
    struct values *lists[] = {&p->people, &p->deputies, &p->addresses, &p->words, &p->keep, &p->entries,
        &p->data};
    rehearsal_close(&p->life);
    installation_close(&p->life.installation);
    copy_drop(&p->copy);
    buf_release(&p->life.notices);
    buf_release(&p->request);
    buf_release(&p->done);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) values_release(lists[i]);
}

int usher_person(const struct usher_options *options, const char *request_json, char **answer, char **error)
{
    struct person p;
    begin(&p, options);
    usher_set_library();
    log_set_level(LOG_ERROR);
    *answer = NULL;
    int failed = record_from_json(text_of(request_json), &p.request, &p.error) ||
                 installation_open(&p.life.installation, options->config, &p.error) ||
                 copy_take(&p.copy, options, installation_text(&p.life.installation, NULL, "database"),
                     &p.error) ||
                 act(&p);
    if (!failed) *answer = answer_of(&p);
    if (error) *error = failed ? mem_copyz(p.error.text) : NULL;
    int code = failed ? err_exit_code(&p.error) : 0;
    end(&p);
    return failed ? (code ? code : USHER_INPUT) : 0;
}
