// SPDX-License-Identifier: MIT
#include "usher/like.h"

#include "base/log.h"
#include "base/record.h"
#include "usher/copy.h"
#include "usher/installation.h"
#include "usher/library.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAIN "@main" // under which the sources of a version name the script (engine/script.c)
#define TO_COME "say when, as in Thu 25 Feb 2031 14:00-16:30 Asia/Thimphu"

struct like {
    const struct usher_new *what;
    const struct starter_words *words;
    struct buf sources; // a map: file name -> text, and MAIN
    struct arena memory;
    struct starter_file files[STARTER_FILES_MAX];
    size_t n;
    bool dated; // the date that was said stands somewhere by now
    struct buf *said, notes;
    struct err *e;
};

static struct record sources_of(const struct like *l)
{
    return (struct record){(const uint8_t *)l->sources.data, l->sources.len};
}

static bool ends_in(struct text name, const char *ending)
{
    size_t len = strlen(ending);
    return name.len > len && strncasecmp(name.data + name.len - len, ending, len) == 0;
}

// ---- from a folder --------------------------------------------------------------------------------------

static bool is_wanted(const char *name)
{
    static const char *const endings[] = {".lua", ".csv", ".md", ".txt", ".html"};
    if (name[0] == '.' || strcmp(name, "usher.conf.lua") == 0) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends_in(text_of(name), endings[i])) return true;
    }
    return false;
}

static bool is_script(const char *name, struct text content)
{
    return ends_in(text_of(name), ".lua") && (memmem(content.data, content.len, "event \"", 7) ||
                                                 memmem(content.data, content.len, "event(\"", 7));
}

// One file beside the script; whatever can't be read is left out.
static void take_file(const char *folder, const char *name, struct record_map *map, bool *has_main)
{
    char path[4096], *data;
    size_t len;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (installation_read_file(NULL, path, &data, &len, NULL)) return;
    struct text content = {data, len};
    record_map_text(map, name, content);
    if (!*has_main && is_script(name, content)) {
        record_map_text(map, MAIN, text_of(name));
        *has_main = true;
    }
    free(data);
}

// Whether the script names it, in quotes: "guests.csv", and of rules.lua also "rules".
static bool is_named(struct text script, const char *name)
{
    char quoted[300];
    size_t len = strlen(name);
    snprintf(quoted, sizeof quoted, "\"%.250s\"", name);
    if (memmem(script.data, script.len, quoted, strlen(quoted))) return true;
    if (!ends_in(text_of(name), ".lua")) return false;
    snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)len - 4, name);
    return memmem(script.data, script.len, quoted, strlen(quoted)) != NULL;
}

// What stands in the folder beside the script and is not read by it stays there.
static void drop_unnamed(struct like *l)
{
    struct record all = sources_of(l);
    struct text main = record_get_text(all, MAIN), name;
    struct record_map map;
    struct buf kept;
    char *z = mem_copy(main.data, main.len);
    struct text script = record_get_text(all, z);
    record_map_init(&map);
    buf_init(&kept, SIZE_MAX / 2);
    for (struct record_iter it = record_each(all); record_next(&it);) {
        if (!record_text(it.key, &name)) continue;
        char *own = mem_copy(name.data, name.len);
        if (*own == '@' || text_eq(name, main) || is_named(script, own))
            record_map_value(&map, own, it.value);
        free(own);
    }
    free(z);
    record_map_end(&map, &kept);
    buf_release(&l->sources);
    l->sources = kept;
}

static int read_folder(struct like *l)
{
    struct record_map map;
    bool has_main = false;
    DIR *dir = opendir(l->what->like);
    record_map_init(&map);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (is_wanted(entry->d_name)) take_file(l->what->like, entry->d_name, &map, &has_main);
    }
    if (dir) closedir(dir);
    record_map_end(&map, &l->sources);
    if (has_main) drop_unnamed(l);
    if (has_main) return 0;
    return err_set(l->e, ERR_INPUT, "there is no script with the word event in %s", l->what->like);
}

// ---- from the database ----------------------------------------------------------------------------------

static int read_version(struct like *l, struct store *s)
{
    char name[300];
    struct buf kept;
    int64_t version = 0;
    snprintf(name, sizeof name, "version %.200s", l->what->like);
    buf_init(&kept, 64);
    int failed = store_setting(s, name, &kept, l->e);
    if (!failed) record_int((struct record){(uint8_t *)kept.data, kept.len}, &version);
    buf_release(&kept);
    if (failed) return failed;
    if (version) return store_sources(s, version, &l->sources, l->e);
    return err_set(l->e, ERR_INPUT,
        "neither an event of this database nor a folder here is called '%s': usher flows lists what the "
        "database has",
        l->what->like);
}

static int read_database(struct like *l)
{
    struct usher_options options = {.database = l->what->database, .config = l->what->config};
    struct installation in;
    struct copy copy = {.file = -1};
    struct store *s = NULL;
    usher_set_library();
    log_set_level(LOG_ERROR);
    int failed = installation_open(&in, options.config, l->e);
    if (!failed) failed = copy_take(&copy, &options, installation_text(&in, NULL, "database"), l->e);
    if (!failed) s = copy_open(&copy, l->e);
    failed = s ? read_version(l, s) : -1;
    if (s) store_close(s);
    copy_drop(&copy);
    installation_close(&in);
    return failed;
}

static int read_sources(struct like *l)
{
    struct stat st;
    bool folder = stat(l->what->like, &st) == 0 && S_ISDIR(st.st_mode);
    return folder ? read_folder(l) : read_database(l);
}

// ---- the script -----------------------------------------------------------------------------------------

// Where the text in quotes behind `at` begins and ends; false: there is none on this line.
static bool quoted_behind(struct text t, size_t at, size_t *from, size_t *to)
{
    while (at < t.len && strchr(" \t=({", t.data[at]) && t.data[at]) at++;
    if (at >= t.len || (t.data[at] != '"' && t.data[at] != '\'')) return false;
    const char *end = memchr(t.data + at + 1, t.data[at], t.len - at - 1);
    if (!end || memchr(t.data + at, '\n', (size_t)(end - t.data) - at)) return false;
    *from = at + 1;
    *to = (size_t)(end - t.data);
    return true;
}

static bool is_word_at(struct text t, size_t at, const char *word)
{
    size_t len = strlen(word);
    bool begins = at == 0 || (!isalnum((unsigned char)t.data[at - 1]) && !strchr("_.", t.data[at - 1]));
    return begins && at + len < t.len && memcmp(t.data + at, word, len) == 0 &&
           !isalnum((unsigned char)t.data[at + len]) && t.data[at + len] != '_';
}

// A comment, to the end of its line.
static size_t comment_len(struct text t, size_t at)
{
    if (at + 1 >= t.len || t.data[at] != '-' || t.data[at + 1] != '-') return 0;
    const char *end = memchr(t.data + at, '\n', t.len - at);
    return end ? (size_t)(end - t.data) - at : t.len - at;
}

// `from` is the sender of an event and the first day of a series.
static bool is_date(struct text t)
{
    bool digit = false;
    for (size_t i = 0; i < t.len; i++) {
        if (strchr("@<", t.data[i])) return false;
        digit |= isdigit((unsigned char)t.data[i]) != 0;
    }
    return digit;
}

static void put_date(struct like *l, bool whole, struct buf *out)
{
    char date[WALL_TEXT_MAX];
    if (!l->what->when || l->dated) buf_addz(out, TO_COME);
    else if (whole) starter_print_when(&l->words->when, out);
    else buf_addz(out, date_print_long(wall_day(l->words->when.starts.wall), date));
    l->dated = true;
}

// What stands instead of a text in quotes; false: it stays.
static bool put_instead(struct like *l, struct text t, size_t at, struct text was, struct buf *out)
{
    bool event = is_word_at(t, at, "event"), when = is_word_at(t, at, "when"),
         from = is_word_at(t, at, "from");
    if (event) buf_addz(out, l->words->id);
    else if (when && is_date(was)) put_date(l, true, out);
    else if (from && is_date(was)) put_date(l, false, out);
    else return false;
    return true;
}

static void rewrite_script(struct like *l, struct text t, struct buf *out)
{
    for (size_t at = 0, from, to; at < t.len;) {
        size_t skip = comment_len(t, at);
        size_t word = is_word_at(t, at, "event")                               ? 5
                      : is_word_at(t, at, "when") || is_word_at(t, at, "from") ? 4
                                                                               : 0;
        if (word && quoted_behind(t, at + word, &from, &to)) {
            struct buf instead;
            buf_init(&instead, 4096);
            bool other = put_instead(l, t, at, (struct text){t.data + from, to - from}, &instead);
            buf_add(out, t.data + at, from - at);
            buf_addt(out, other ? buf_text(&instead) : (struct text){t.data + from, to - from});
            buf_release(&instead);
            skip = to - at;
        } else if (skip) buf_add(out, t.data + at, skip);
        else buf_addc(out, t.data[at]);
        at += word && skip ? skip : skip ? skip : 1;
    }
}

// ---- its files ------------------------------------------------------------------------------------------

// Whether the script says  people "people.csv"  of this list: who runs the event.
static bool is_of_people(struct text script, struct text name)
{
    for (size_t at = 0, from, to; at < script.len; at++) {
        if (!is_word_at(script, at, "people") || !quoted_behind(script, at + 6, &from, &to)) continue;
        if (text_eq((struct text){script.data + from, to - from}, name)) return true;
    }
    return false;
}

static struct text first_line(struct text t)
{
    const char *end = memchr(t.data, '\n', t.len);
    return (struct text){t.data, end ? (size_t)(end - t.data) + 1 : t.len};
}

// What may stand in a folder of a person: nothing that leads out of it, and nothing hidden.
static bool is_safe(struct text name)
{
    if (!name.len || name.len > 200 || strchr("/.@", *name.data) || memchr(name.data, 0, name.len))
        return false;
    for (size_t i = 0; i + 1 < name.len; i++) {
        if (name.data[i] == '\\' || (name.data[i] == '.' && name.data[i + 1] == '.')) return false;
    }
    return true;
}

static bool is_brought(struct text name)
{
    return (name.len > 6 && memcmp(name.data, "usher/", 6) == 0) ||
           (name.len > 8 && memcmp(name.data, "shipped/", 8) == 0);
}

static struct text finished(struct like *l, struct text script, struct text name, struct text content)
{
    struct buf out;
    bool list = ends_in(name, ".csv");
    if (list && !l->what->with_guests && !is_of_people(script, name)) {
        buf_addf(&l->notes, "  %.*s has its first line only: whom do you invite?\n", (int)name.len,
            name.data);
        return first_line(content);
    }
    if (!ends_in(name, ".lua")) return content;
    buf_init(&out, SIZE_MAX / 2);
    rewrite_script(l, content, &out);
    struct text kept = arena_text(&l->memory, buf_text(&out));
    buf_release(&out);
    return kept;
}

static struct text line_at(struct text t, size_t at)
{
    size_t from = at;
    while (from && t.data[from - 1] != '\n') from--;
    return first_line((struct text){t.data + from, t.len - from});
}

// The date that was said, or the text that asks for one.
static bool is_new_date(const struct like *l, struct text line)
{
    char date[WALL_TEXT_MAX];
    const char *said = date_print_long(wall_day(l->words->when.starts.wall), date);
    return memmem(line.data, line.len, TO_COME, strlen(TO_COME)) ||
           memmem(line.data, line.len, said, strlen(said));
}

// Lines that still name a year are for a person to look at.
static void note_years(struct like *l, const struct starter_file *file)
{
    size_t line = 1;
    struct text t = file->content;
    for (size_t i = 0; i + 4 < t.len; i++) {
        line += t.data[i] == '\n';
        bool year = memcmp(t.data + i, "20", 2) == 0 && isdigit((unsigned char)t.data[i + 2]) &&
                    isdigit((unsigned char)t.data[i + 3]) && !isdigit((unsigned char)t.data[i + 4]) &&
                    (i == 0 || !isalnum((unsigned char)t.data[i - 1]));
        if (!year || is_new_date(l, line_at(t, i))) continue;
        buf_addf(&l->notes, "  %s/%.*s:%zu names a year: is it still right?\n", l->what->name,
            (int)file->name.len, file->name.data, line);
        while (i + 1 < t.len && t.data[i + 1] != '\n') i++;
    }
}

static int take_files(struct like *l)
{
    struct text name, content, main = record_get_text(sources_of(l), MAIN);
    char *z = mem_copy(main.data, main.len);
    struct text script = record_get_text(sources_of(l), z);
    free(z);
    for (struct record_iter it = record_each(sources_of(l)); record_next(&it);) {
        if (!record_text(it.key, &name) || !record_text(it.value, &content) || *name.data == '@' ||
            is_brought(name))
            continue;
        if (l->n == STARTER_FILES_MAX)
            return err_set(l->e, ERR_LIMIT, "it has more than %d files: copy its folder by hand",
                STARTER_FILES_MAX);
        if (ends_in(name, ".xlsx") || !is_safe(name)) {
            buf_addf(&l->notes, "  %.*s was not taken over\n", (int)name.len, name.data);
            continue;
        }
        struct starter_file *file = &l->files[l->n++];
        *file = (struct starter_file){name, finished(l, script, name, content)};
        if (!text_eq(name, main)) continue;
        struct buf own;
        buf_init(&own, 4096);
        buf_addf(&own, "%s.lua", l->words->id);
        file->name = arena_text(&l->memory, buf_text(&own));
        buf_release(&own);
    }
    return 0;
}

static void tell(struct like *l)
{
    for (size_t i = 0; i < l->n; i++) {
        buf_addf(l->said, "  %s/%.*s\n", l->what->name, (int)l->files[i].name.len, l->files[i].name.data);
        if (ends_in(l->files[i].name, ".lua") || ends_in(l->files[i].name, ".txt"))
            note_years(l, &l->files[i]);
    }
    if (!l->what->when) buf_addz(&l->notes, "  say when it takes place: usher check asks for it\n");
    buf_addz(&l->notes, "  title, place and recording are those of the event before\n");
    buf_addf(l->said, "To look at:\n%s", buf_z(&l->notes));
}

int like_make(const struct usher_new *what, const struct starter_words *words, struct buf *said,
    struct err *e)
{
    struct like l = {.what = what, .words = words, .said = said, .e = e};
    buf_init(&l.sources, SIZE_MAX / 2);
    buf_init(&l.notes, 1u << 20);
    int failed = read_sources(&l) || take_files(&l);
    if (!failed) failed = starter_write(what->name, l.files, l.n, e);
    if (!failed) tell(&l);
    buf_release(&l.sources);
    buf_release(&l.notes);
    arena_release(&l.memory);
    return failed ? -(int)e->code : 0;
}
