// SPDX-License-Identifier: MIT
#include "usher/starter.h"

#include "base/arena.h"
#include "base/embedded.h"
#include "base/nearest.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STARTERS "scripts/starters/"
#define SCRIPT "event.lua" // as it is called among the starters
#define FILLED ".in"
#define CONTENT_MAX (1u << 20)
// Eight weeks: the first mail of a briefing leaves ten working days before, and people need time to prepare.
#define WEEKS_AHEAD 8
#define THURSDAY 4
#define ROUNDED_TO 300 // seconds

// ---- names ------------------------------------------------------------------------------------------

// What may stand in the name of a folder on every system, in a title, and in a text of Lua.
static bool is_plain(const char *name)
{
    for (struct text rest = text_of(name); rest.len;) {
        size_t step = utf8_step(rest);
        unsigned char c = (unsigned char)*rest.data;
        if (!step || (step == 1 && !isalnum(c) && !strchr(" -_.,'()&+", c))) return false;
        rest.data += step;
        rest.len -= step;
    }
    return true;
}

// Letters and digits of ASCII, in small; whatever else is between them becomes one hyphen.
static void make_id(const char *name, char *out)
{
    size_t n = 0;
    for (const char *c = name; *c; c++) {
        if (isalnum((unsigned char)*c)) out[n++] = (char)tolower((unsigned char)*c);
        else if (n && out[n - 1] != '-') out[n++] = '-';
    }
    while (n && out[n - 1] == '-') n--;
    out[n] = 0;
}

static void make_title(const char *name, char *out)
{
    size_t n = 0;
    for (const char *c = name; *c; c++) out[n++] = *c == '-' || *c == '_' ? ' ' : *c;
    out[n] = 0;
    out[0] = (char)toupper((unsigned char)out[0]);
}

int starter_name(const char *name, struct starter_words *out, struct err *e)
{
    size_t len = strlen(name);
    if (len == 0 || len > STARTER_NAME_MAX)
        return err_set(e, ERR_INPUT, "the name has %zu bytes: give it one of 1 to %d, as in my-training", len,
            STARTER_NAME_MAX);
    if (strchr(name, '/') || strchr(name, '\\'))
        return err_set(e, ERR_INPUT,
            "'%s' is a path, and the new folder is made where you are: go there with cd, and give a name, as "
            "in my-training",
            name);
    if (!is_plain(name) || strchr(" .-", name[0]) || strchr(" .", name[len - 1]))
        return err_set(e, ERR_INPUT,
            "'%s' can't be the name of a folder and of an event: take letters, digits, spaces, - and _, as "
            "in "
            "my-training",
            name);
    make_id(name, out->id);
    make_title(name, out->title);
    if (out->id[0]) return 0;
    return err_set(e, ERR_INPUT,
        "the event's short name is made of the letters a-z and digits in '%s', and it has none: add some",
        name);
}

// ---- days -------------------------------------------------------------------------------------------

int starter_when(const struct zone *zone, struct instant now, struct when *out, struct err *e)
{
    int64_t day = wall_day(zone_local(zone, now).wall) + 7 * WEEKS_AHEAD;
    while (day_weekday(day) != THURSDAY) day++;
    struct buf text;
    char date[WALL_TEXT_MAX];
    buf_init(&text, 256);
    buf_addf(&text, "%s 14:00-16:30", date_print(day, date));
    int failed = when_parse(buf_text(&text), zone, out, e);
    buf_release(&text);
    return failed;
}

static void print_day(struct wall w, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    char date[WALL_TEXT_MAX], clock[WALL_TEXT_MAX];
    buf_addf(out, "%s %s %s", days[day_weekday(wall_day(w))], date_print_long(wall_day(w), date),
        clock_print(wall_clock(w), clock));
}

void starter_print_when(const struct when *w, struct buf *out)
{
    char clock[WALL_TEXT_MAX];
    struct wall starts = w->starts.wall, ends = w->ends.wall;
    print_day(starts, out);
    if (wall_day(starts) == wall_day(ends)) buf_addf(out, "-%s", clock_print(wall_clock(ends), clock));
    else {
        buf_addz(out, " - ");
        print_day(ends, out);
    }
    buf_addf(out, " %s", zone_name(w->starts.zone));
}

// ---- words between two @ ----------------------------------------------------------------------------

static void put_weekday(const struct starter_words *w, struct buf *out)
{
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
        "Saturday"};
    buf_addz(out, days[day_weekday(wall_day(w->when.starts.wall))]);
}

static void put_date(const struct starter_words *w, struct buf *out)
{
    char date[WALL_TEXT_MAX];
    buf_addz(out, date_print_long(wall_day(w->when.starts.wall), date));
}

static void put_clock(const struct starter_words *w, struct buf *out)
{
    char from[WALL_TEXT_MAX], to[WALL_TEXT_MAX];
    buf_addf(out, "%s-%s", clock_print(wall_clock(w->when.starts.wall), from),
        clock_print(wall_clock(w->when.ends.wall), to));
}

static void put_when(const struct starter_words *w, struct buf *out)
{
    starter_print_when(&w->when, out);
}

static void put_id(const struct starter_words *w, struct buf *out)
{
    buf_addz(out, w->id);
}

static void put_title(const struct starter_words *w, struct buf *out)
{
    buf_addz(out, w->title);
}

static void put_zone(const struct starter_words *w, struct buf *out)
{
    buf_addz(out, zone_name(w->when.starts.zone));
}

static const struct {
    const char *word;
    void (*put)(const struct starter_words *w, struct buf *out);
} words[] = {{"@id@", put_id}, {"@title@", put_title}, {"@when@", put_when}, {"@zone@", put_zone},
    {"@weekday@", put_weekday}, {"@date@", put_date}, {"@clock@", put_clock}};
#define WORDS_N (sizeof words / sizeof *words)

// The word at the head of the text; WORDS_N: none, as in an address.
static size_t word_at(struct text t)
{
    size_t i = 0;
    while (i < WORDS_N &&
           (t.len < strlen(words[i].word) || memcmp(t.data, words[i].word, strlen(words[i].word)) != 0))
        i++;
    return i;
}

// "@60%@": the time of day when that much of the event is over, to five minutes. How many bytes it takes.
static size_t put_share(struct text t, const struct starter_words *with, struct buf *out)
{
    char clock[WALL_TEXT_MAX];
    int percent, taken = 0;
    if (t.len < 4 || *t.data != '@' || !isdigit((unsigned char)t.data[1])) return 0;
    if (sscanf(t.data, "@%3d%%@%n", &percent, &taken) != 1 || !taken) return 0;
    int64_t begins = with->when.starts.wall.seconds, lasts = with->when.ends.wall.seconds - begins;
    int64_t share = lasts * percent / 100;
    if (percent < 100) share = (share + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
    buf_addz(out, clock_print(wall_clock((struct wall){begins + share}), clock));
    return (size_t)taken;
}

static void fill(struct text t, const struct starter_words *with, struct buf *out)
{
    while (t.len) {
        size_t share = put_share(t, with, out);
        size_t i = word_at(t), len = share ? share : i < WORDS_N ? strlen(words[i].word) : 1;
        if (!share && i < WORDS_N) words[i].put(with, out);
        else if (!share) buf_addc(out, *t.data);
        t.data += len;
        t.len -= len;
    }
}

// ---- writing ----------------------------------------------------------------------------------------

static int write_new(const char *path, struct text content, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return err_set(e, ERR_INPUT, "%s can't be written: %s", path, strerror(errno));
    while (content.len) {
        ssize_t n = write(fd, content.data, content.len);
        if (n < 0 && errno != EINTR) break;
        if (n < 0) continue;
        content.data += n;
        content.len -= (size_t)n;
    }
    int failed = content.len ? errno : 0;
    if (close(fd) && !failed) failed = errno;
    return failed ? err_set(e, ERR_STORAGE, "%s can't be written: %s", path, strerror(failed)) : 0;
}

// The folders between the new one and the file: texts/ of texts/invitation.md.
static int make_between(char *path, size_t from, struct err *e)
{
    for (char *slash = path + from; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST)
            return err_set(e, ERR_INPUT, "the folder %s can't be made: %s", path, strerror(errno));
    }
    return 0;
}

static char *path_in(const char *folder, struct text name)
{
    struct buf path;
    buf_init(&path, SIZE_MAX / 2);
    buf_addf(&path, "%s/", folder);
    buf_addt(&path, name);
    return buf_take(&path, NULL);
}

static void take_away(const char *folder, const struct starter_file *files, size_t n)
{
    size_t len = strlen(folder);
    for (size_t i = 0; i < n; i++) {
        char *path = path_in(folder, files[i].name), *slash;
        unlink(path);
        while ((slash = strrchr(path + len + 1, '/'))) { // what is between, as far as it is empty
            *slash = 0;
            rmdir(path);
        }
        free(path);
    }
    rmdir(folder);
}

int starter_write(const char *folder, const struct starter_file *files, size_t n, struct err *e)
{
    int failed = 0;
    size_t i = 0, len = strlen(folder);
    if (mkdir(folder, 0777) && errno == EEXIST)
        return err_set(e, ERR_INPUT,
            "%s is here already, and nothing is written over: take another name, or move it away", folder);
    if (access(folder, W_OK))
        return err_set(e, ERR_INPUT, "the folder %s can't be made: %s", folder, strerror(errno));
    for (; !failed && i < n; i++) {
        char *path = path_in(folder, files[i].name);
        failed = make_between(path, len + 1, e);
        if (!failed) failed = write_new(path, files[i].content, e);
        free(path);
    }
    if (failed) take_away(folder, files, i);
    return failed;
}

// ---- what comes with usher --------------------------------------------------------------------------

// "briefing" and "event.lua.in" of "scripts/starters/briefing/event.lua.in"; false: it is no file of a
// starter.
static bool split_name(const char *name, struct text *kind, struct text *file)
{
    if (strncmp(name, STARTERS, strlen(STARTERS)) != 0) return false;
    const char *from = name + strlen(STARTERS), *slash = strchr(from, '/');
    if (!slash) return false;
    *kind = (struct text){from, (size_t)(slash - from)};
    *file = text_of(slash + 1);
    return true;
}

static int unknown_kind(const char *kind, struct err *e)
{
    const char *kinds[STARTER_FILES_MAX];
    size_t n = 0;
    struct text one, file, last = {0};
    struct buf list;
    buf_init(&list, 4096);
    for (const struct embedded_file *f = embedded_files; f->name && n < STARTER_FILES_MAX; f++) {
        if (!split_name(f->name, &one, &file) || text_eq(one, last)) continue;
        last = one;
        kinds[n++] = mem_copy(one.data, one.len);
        buf_addf(&list, "%susher new %.*s NAME", list.len ? ", " : "", (int)one.len, one.data);
    }
    const char *near = nearest_word(text_of(kind), kinds, n);
    int code = err_set(e, ERR_INPUT, "no kind of event is called '%s'%s%s%s: there is %s", kind,
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", buf_z(&list));
    for (size_t i = 0; i < n; i++) free((char *)kinds[i]);
    buf_release(&list);
    return code;
}

// The file as it will stand in the folder; what it owns goes into `memory`.
static struct starter_file finished(struct text name, struct text content, const struct starter_words *with,
    struct arena *memory)
{
    struct starter_file out = {name, content};
    size_t ending = strlen(FILLED);
    if (name.len <= ending || memcmp(name.data + name.len - ending, FILLED, ending) != 0) return out;
    struct buf filled;
    buf_init(&filled, CONTENT_MAX);
    fill(content, with, &filled);
    out.name.len -= ending;
    out.content = arena_text(memory, buf_text(&filled));
    if (text_is(out.name, SCRIPT)) {
        buf_clear(&filled);
        buf_addf(&filled, "%s.lua", with->id);
        out.name = arena_text(memory, buf_text(&filled));
    }
    buf_release(&filled);
    return out;
}

int starter_make(const char *kind, const char *folder, const struct starter_words *with, struct buf *said,
    struct err *e)
{
    struct starter_file files[STARTER_FILES_MAX];
    struct arena memory = {0};
    struct text of, name;
    size_t n = 0;
    for (const struct embedded_file *f = embedded_files; f->name && n < STARTER_FILES_MAX; f++) {
        if (!split_name(f->name, &of, &name) || !text_is(of, kind)) continue;
        files[n++] = finished(name, (struct text){f->data, f->len}, with, &memory);
    }
    int failed = n ? starter_write(folder, files, n, e) : unknown_kind(kind, e);
    for (size_t i = 0; !failed && i < n; i++)
        buf_addf(said, "  %s/%.*s\n", folder, (int)files[i].name.len, files[i].name.data);
    arena_release(&memory);
    return failed;
}
