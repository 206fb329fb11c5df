// SPDX-License-Identifier: MIT
#include "engine/forget.h"

#include "base/log.h"
#include "base/scrub.h"
#include "engine/script.h"
#include "time/wall.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct forgetting {
    struct buf what;  // the request with the paths of the lists: as it is written down
    int64_t looked_n; // at how many files beside scripts
    engine_reply reply;
    void *ctx;
};

static struct record what_of(const struct forgetting *f)
{
    return (struct record){(const uint8_t *)f->what.data, f->what.len};
}

void forget_free(struct forgetting *f)
{
    if (!f) return;
    if (f->what.data) explicit_bzero(f->what.data, f->what.len);
    buf_release(&f->what);
    free(f);
}

// ---- an address that was forgotten ----------------------------------------------------------------------

// By the installation's key: who has only the database can't try addresses out without it, and who has both
// had the address in the lists anyway.
static void address_hash(const struct engine *g, struct text address, char hex[2 * HASH_LEN + 1])
{
    struct buf plain;
    buf_init(&plain, 4096);
    buf_addz(&plain, "usher: a forgotten address\n");
    for (size_t i = 0; i < address.len; i++) buf_addc(&plain, (char)tolower((unsigned char)address.data[i]));
    hash_hex(hash_derive((struct text){g->secret, HASH_LEN}, buf_text(&plain)), hex);
    buf_release(&plain);
}

// When it was forgotten; ms 0: it was not.
static struct instant forgotten_at(struct engine *g, struct text address)
{
    char hex[2 * HASH_LEN + 1];
    if (!g->house) return (struct instant){0};
    struct book *book = book_find(g->house, TEXT(FORGOTTEN_BOOK));
    if (!book->n) return (struct instant){0};
    address_hash(g, address, hex);
    return (struct instant){record_get_int(book_get(book, text_of(hex)), "at", 0)};
}

static struct text next_cell(struct text *row)
{
    size_t from = 0, to;
    while (from < row->len && strchr(" \t\"", row->data[from]) && row->data[from]) from++;
    for (to = from; to < row->len && !(row->data[to] && strchr(",;\t\"\r\n", row->data[to]));) to++;
    struct text cell = {row->data + from, to - from};
    size_t taken = to < row->len ? to + 1 : to;
    row->data += taken;
    row->len -= taken;
    while (cell.len && cell.data[cell.len - 1] == ' ') cell.len--;
    return cell;
}

static struct instant row_forgotten_at(struct engine *g, struct text row)
{
    while (row.len) {
        struct text cell = next_cell(&row);
        if (!memchr(cell.data, '@', cell.len)) continue;
        struct instant at = forgotten_at(g, cell);
        if (at.ms) return at;
    }
    return (struct instant){0};
}

static void say_passed_over(const char *name, int line, struct instant at)
{
    char words[200], day[WALL_TEXT_MAX], place[300];
    snprintf(words, sizeof words,
        "this person was forgotten on %s, and gets nothing because of a list: the row is passed over",
        date_print_long(floor_div(at.ms, DAY_MS), day));
    snprintf(place, sizeof place, "%.200s:%d", name, line);
    log_line(LOG_WARN, words, "row", place, NULL);
}

void forget_rows(struct engine *g, const char *name, char **data, size_t *len)
{
    size_t name_len = strlen(name);
    struct book *book = g->house ? book_find(g->house, TEXT(FORGOTTEN_BOOK)) : NULL;
    if (!book || !book->n || name_len < 4 || strcasecmp(name + name_len - 4, ".csv") != 0) return;
    struct buf out;
    int line = 1;
    buf_init(&out, SIZE_MAX / 2);
    for (struct text rest = {*data, *len}; rest.len;) {
        struct text row = {rest.data, scrub_row_len(rest)};
        struct instant at = row_forgotten_at(g, row);
        if (at.ms) say_passed_over(name, line, at);
        else buf_addt(&out, row);
        for (size_t i = 0; i < row.len; i++) line += row.data[i] == '\n';
        rest.data += row.len;
        rest.len -= row.len;
    }
    free(*data);
    *data = buf_take(&out, len);
    if (!*data) *data = mem_alloc(1);
}

// ---- the lists beside the scripts -----------------------------------------------------------------------

static int read_list(struct engine *g, const char *path, struct buf *out)
{
    char *data;
    size_t len;
    if (g->options.read_file(g->options.read_ctx, path, &data, &len, NULL))
        return -1; // it is gone, or elsewhere
    buf_init(out, SIZE_MAX / 2);
    buf_add(out, data, len);
    explicit_bzero(data, len);
    free(data);
    return 0;
}

static int write_all(int fd, struct text data)
{
    while (data.len) {
        ssize_t n = write(fd, data.data, data.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        data.data += n;
        data.len -= (size_t)n;
    }
    return fsync(fd);
}

// In its place at once: who reads it meanwhile has the old list or the new one. The old one is not kept.
static int replace_list(const char *path, struct text list, struct err *e)
{
    struct stat st;
    struct buf beside;
    buf_init(&beside, 4096);
    buf_addf(&beside, "%s.usher-new", path);
    int fd = stat(path, &st)
                 ? -1
                 : open(buf_z(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool failed = fd < 0 || fchmod(fd, st.st_mode & 0777) || write_all(fd, list);
    if (fd >= 0 && close(fd)) failed = true;
    if (!failed) failed = rename(buf_z(&beside), path) != 0;
    if (failed) {
        err_set(e, ERR_STORAGE, "the list %s can't be written: %s", path, strerror(errno));
        unlink(buf_z(&beside));
    }
    buf_release(&beside);
    return failed ? -(int)e->code : 0;
}

static void wipe(struct buf *b)
{
    if (b->data) explicit_bzero(b->data, b->len);
    buf_release(b);
}

// How many rows went out of it.
static int clean_list(struct engine *g, const struct scrub *scrub, const char *path, int64_t *n,
    struct err *e)
{
    struct buf list, rest;
    if (read_list(g, path, &list)) return 0;
    buf_init(&rest, SIZE_MAX / 2);
    size_t rows = scrub_rows(scrub, buf_text(&list), &rest, NULL);
    int failed = rows ? replace_list(path, buf_text(&rest), e) : 0;
    *n += failed ? 0 : (int64_t)rows;
    wipe(&list);
    wipe(&rest);
    return failed;
}

// ---- which lists ----------------------------------------------------------------------------------------

struct lists {
    struct engine *g;
    struct scrub scrub;
    struct buf paths; // of those that have rows of theirs, as values of a list
    size_t n;
    struct buf rows;  // "guests.csv:12, ...": what --lists takes out
    struct buf named; // "programme.txt:3, ...": what only a person can reword
    int64_t looked_n;
};

static bool is_list(struct text name)
{
    return name.len > 4 && strncasecmp(name.data + name.len - 4, ".csv", 4) == 0;
}

static void add_place(struct buf *places, const char *path, size_t line)
{
    buf_addf(places, "%s%s:%zu", places->len ? ", " : "", path, line);
}

static void look_for_rows(struct lists *l, const char *path, struct buf *list)
{
    struct buf rest;
    size_t line = 0;
    char whole[PATH_MAX];
    buf_init(&rest, SIZE_MAX / 2);
    size_t rows = scrub_rows(&l->scrub, buf_text(list), &rest, &line);
    if (rows && realpath(path, whole)) {
        record_put_text(&l->paths, text_of(whole));
        l->n++;
        add_place(&l->rows, path, line);
    }
    wipe(list);
    *list = rest;
}

static void look_into(struct lists *l, const char *path, bool has_rows)
{
    struct buf file;
    if (read_list(l->g, path, &file)) return;
    l->looked_n++;
    if (has_rows) look_for_rows(l, path, &file);
    size_t line = scrub_line(&l->scrub, buf_text(&file));
    if (line) add_place(&l->named, path, line);
    wipe(&file);
}

static void look_beside(struct lists *l, struct script *s)
{
    struct buf files, path;
    struct text name;
    buf_init(&files, SIZE_MAX / 2);
    buf_init(&path, SIZE_MAX / 2);
    script_files(s, &files);
    struct record all = {(const uint8_t *)files.data, files.len};
    for (struct record_iter it = record_each(all); record_next(&it);) {
        if (!record_text(it.value, &name)) continue;
        buf_clear(&path);
        buf_addf(&path, "%s%.*s", s->folder, (int)name.len, name.data);
        look_into(l, buf_z(&path), is_list(name));
    }
    buf_release(&files);
    buf_release(&path);
}

static int find_lists(struct lists *l, struct engine *g, struct record request, struct err *e)
{
    *l = (struct lists){.g = g};
    buf_init(&l->paths, SIZE_MAX / 2);
    buf_init(&l->rows, 600);
    buf_init(&l->named, 600);
    if (scrub_init(&l->scrub, record_get(request, "words"), record_get(request, "keep"), e))
        return -(int)e->code;
    for (struct event *ev = g->events; ev; ev = ev->next) look_beside(l, ev->current);
    if (l->named.len)
        return err_set(e, ERR_INPUT, "nothing was changed: %s names them. Write something else there first",
            buf_z(&l->named));
    if (!l->n || record_get_bool(request, "lists", false)) return 0;
    return err_set(e, ERR_INPUT,
        "nothing was changed: %s still has them. Take the row out first, or say --lists, and usher takes it "
        "out "
        "of the file",
        buf_z(&l->rows));
}

static void lists_release(struct lists *l)
{
    buf_release(&l->paths);
    buf_release(&l->rows);
    buf_release(&l->named);
}

// ---- what is written down -------------------------------------------------------------------------------

static void put_known_again(struct engine *g, struct text address, struct record at, struct buf *entries)
{
    char hex[2 * HASH_LEN + 1];
    struct record_map map, now;
    struct record was = {0};
    address_hash(g, address, hex);
    if (g->house) was = book_get(book_find(g->house, TEXT(FORGOTTEN_BOOK)), text_of(hex));
    record_map_init(&map);
    record_map_init(&now);
    record_map_value(&now, "at", at);
    record_map_text(&map, "event", TEXT(BOOK_HOUSE));
    record_map_text(&map, "book", TEXT(FORGOTTEN_BOOK));
    record_map_text(&map, "key", text_of(hex));
    record_map_value(&map, "was", was);
    record_map_end(&now, record_map_key(&map, "now"));
    record_map_end(&map, entries);
}

// The entries that were asked for, and one for each address that is to be known again.
static void put_entries(struct engine *g, struct record request, struct record at, struct buf *out)
{
    struct record given = record_get(request, "entries"), addresses = record_get(request, "addresses");
    struct text address;
    record_put_list(out, record_count(given) + record_count(addresses));
    for (struct record_iter it = record_each(given); record_next(&it);) record_put(out, it.value);
    for (struct record_iter it = record_each(addresses); record_next(&it);) {
        record_text(it.value, &address);
        put_known_again(g, address, at, out);
    }
}

static struct forgetting *forgetting_new(struct engine *g, struct record request, const struct lists *lists)
{
    static const char *const fields[] = {"people", "words", "keep", "events", "who", "event", "note"};
    struct forgetting *f = mem_alloc(sizeof *f);
    struct record_map map;
    struct buf at;
    buf_init(&f->what, SIZE_MAX / 2);
    buf_init(&at, 16);
    record_put_int(&at, g->now.ms);
    struct record now = {(uint8_t *)at.data, at.len};
    record_map_init(&map);
    record_map_text(&map, "stage", TEXT("asked"));
    record_map_value(&map, "at", now);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        record_map_value(&map, fields[i], record_get(request, fields[i]));
    put_entries(g, request, now, record_map_key(&map, "entries"));
    struct buf *paths = record_map_key(&map, "lists");
    record_put_list(paths, lists->n);
    buf_addt(paths, buf_text(&lists->paths));
    record_map_end(&map, &f->what);
    buf_release(&at);
    return f;
}

static void refuse(struct engine *g, engine_reply reply, void *ctx, const struct err *e)
{
    promise_reply(g, reply, ctx, (struct record){0}, e);
    g->world.wake_now(g->world.self);
}

static bool is_sound(struct record request, struct err *e)
{
    struct text address;
    for (struct record_iter it = record_each(record_get(request, "addresses")); record_next(&it);) {
        if (!record_text(it.value, &address) || !memchr(address.data, '@', address.len))
            return err_set(e, ERR_INPUT, "an address is missing"), false;
    }
    return record_kind(record_get(request, "people")) == RECORD_LIST &&
           record_kind(record_get(request, "words")) == RECORD_LIST;
}

// Of an event that runs nothing is cleared: it would go on in memory.
static bool runs_here(const struct engine *g, struct record request, struct err *e)
{
    for (struct record_iter it = record_each(record_get(request, "events")); record_next(&it);) {
        struct text name = record_get_text(it.value, "event");
        for (const struct event *ev = g->events; ev && !g->stopping; ev = ev->next) {
            if (!text_is(name, ev->name)) continue;
            err_set(e, ERR_INPUT,
                "nothing was changed: the event '%s' still runs here. Start usher without it first",
                ev->name);
            return true;
        }
    }
    return false;
}

void forget_ask(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct lists lists;
    g->now = g->world.now(g->world.self);
    if (g->forgetting) err_set(&e, ERR_BUSY, "somebody is being forgotten just now: once more in a moment");
    else if (!is_sound(request, &e)) {
        if (!e.code) err_set(&e, ERR_INPUT, "whom? usher forget says it");
    } else {
        if (find_lists(&lists, g, request, &e) == 0 && !runs_here(g, request, &e)) {
            g->forgetting = forgetting_new(g, request, &lists);
            g->forgetting->looked_n = lists.looked_n;
            g->forgetting->reply = reply;
            g->forgetting->ctx = ctx;
            batch_setting(g->batch, TEXT(STORE_FORGETTING), what_of(g->forgetting));
            g->world.wake_now(g->world.self);
        }
        lists_release(&lists);
    }
    if (e.code) refuse(g, reply, ctx, &e);
}

// ---- carrying it out ------------------------------------------------------------------------------------

struct done {
    struct store_forgotten store;
    int64_t files, lists, looked;
};

static int carry_out(struct engine *g, struct record what, bool anyway, struct done *done, struct err *e)
{
    struct scrub scrub;
    struct text path;
    *done = (struct done){0};
    if (scrub_init(&scrub, record_get(what, "words"), record_get(what, "keep"), e)) return -(int)e->code;
    int failed = 0; // the database last: what is written down there says what is to be done
    for (struct record_iter it = record_each(record_get(what, "lists")); !failed && record_next(&it);) {
        record_text(it.value, &path);
        char *z = mem_copy(path.data, path.len);
        failed = clean_list(g, &scrub, z, &done->lists, e);
        free(z);
    }
    if (!failed && g->options.forget_files)
        failed = g->options.forget_files(g->options.forget_ctx, &scrub, &done->files, e);
    return failed ? failed : store_forget(g->store, what, script_hash, anyway, &done->store, e);
}

static void put_done(const struct done *d, struct buf *out)
{
    const struct {
        const char *name;
        int64_t n;
    } counts[] = {{"flows", d->store.flows}, {"ended", d->store.ended}, {"entries", d->store.entries},
        {"facts", d->store.facts}, {"lines", d->store.lines}, {"mentions", d->store.mentions},
        {"rows", d->store.rows}, {"versions", d->store.versions}, {"events", d->store.events},
        {"files", d->files}, {"lists", d->lists}, {"looked", d->looked}};
    struct record_map map;
    record_map_init(&map);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        record_map_int(&map, counts[i].name, counts[i].n);
    record_map_end(&map, out);
}

bool forget_settle(struct engine *g)
{
    struct forgetting *f = g->forgetting;
    struct done done;
    struct err e = {0};
    struct buf answer;
    if (!f || !engine_idle(g)) return false;
    int failed = carry_out(g, what_of(f), false, &done, &e);
    if (store_sweep(g->store, failed ? NULL : &e)) failed = -1;
    g->forgetting = NULL;
    if (!failed && !g->stopping) failed = engine_renew(g, &e);
    buf_init(&answer, 4096);
    done.looked = f->looked_n;
    put_done(&done, &answer);
    promise_reply(g, f->reply, f->ctx, (struct record){(uint8_t *)answer.data, failed ? 0 : answer.len},
        failed ? &e : NULL);
    g->world.wake_now(g->world.self);
    buf_release(&answer);
    forget_free(f);
    return true;
}

int forget_restore(struct engine *g, struct err *e)
{
    struct buf kept;
    struct done done;
    if (g->options.rehearsal) return 0;
    buf_init(&kept, SIZE_MAX / 2);
    int failed = store_setting(g->store, STORE_FORGETTING, &kept, e);
    struct record what = {(const uint8_t *)kept.data, kept.len};
    bool begun = !failed && kept.len > 0;
    if (begun && text_is(record_get_text(what, "stage"), "asked"))
        failed = carry_out(g, what, true, &done, e);
    if (begun && !failed) failed = store_sweep(g->store, e);
    if (begun && !failed) log_line(LOG_INFO, "somebody was forgotten: what a crash had left is done", NULL);
    wipe(&kept);
    return failed ? err_in(e, "forgetting somebody, which was begun before") : 0;
}
