// SPDX-License-Identifier: MIT
#include "time/zone.h"

#include "base/nearest.h"
#include "time/tzif.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONES_MAX 1024 // all names of 2026 are 598; more of them is somebody's mischief
#define PATH_LEN_MAX 512
#define LIST_LEN_MAX (1u << 20) // tzdata.zi has 112 KiB
#define MINUTE 60

// What tells that a file was replaced.
struct file_mark {
    ino_t inode;
    struct timespec changed;
    off_t len;
};

struct zone {
    char name[ZONE_NAME_MAX + 1];
    struct file_mark mark;
    struct tzif file;
};

static struct zone *zones[ZONES_MAX]; // sorted by name
static size_t zones_n;
static char release[32];

// -- the files

// The directory of the zone files: the first of these that is there.
static const char *zone_directory(void)
{
    static const char *const places[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"};
    const char *wanted = secure_getenv("USHER_ZONEINFO"); // not heeded in a setuid program
    struct stat st;
    if (wanted && wanted[0] == '/' && strlen(wanted) < PATH_LEN_MAX - 2 * ZONE_NAME_MAX) return wanted;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (stat(places[i], &st) == 0) return places[i];
    return places[0];
}

static struct file_mark mark_of(const struct stat *st)
{
    return (struct file_mark){st->st_ino, st->st_mtim, st->st_size};
}

static bool mark_eq(struct file_mark a, struct file_mark b)
{
    return a.inode == b.inode && a.len == b.len && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
}

// Reads a whole plain file of at most `out->max` bytes. -INPUT: it is not there or is something else.
static int read_file(const char *path, struct buf *out, struct file_mark *mark, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
    int rc = 0;
    char piece[8192];
    ssize_t n = 0;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) rc = err_set(e, ERR_INPUT, "%s is no plain file", path);
    while (!rc && !out->over && (n = read(fd, piece, sizeof piece)) > 0) buf_add(out, piece, (size_t)n);
    if (!rc && n < 0) rc = err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
    if (!rc && out->over) rc = err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, out->max);
    if (!rc) *mark = mark_of(&st);
    close(fd);
    return rc;
}

static void zone_path(const char *name, char out[PATH_LEN_MAX])
{
    snprintf(out, PATH_LEN_MAX, "%s/%s", zone_directory(), name);
}

static int load_file(const char *name, struct tzif *file, struct file_mark *mark, struct err *e)
{
    char path[PATH_LEN_MAX];
    struct buf bytes;
    buf_init(&bytes, TZIF_LEN_MAX);
    zone_path(name, path);
    int rc = read_file(path, &bytes, mark, e);
    if (!rc && tzif_read(buf_text(&bytes), file, e)) rc = err_in(e, "the zone file %s can't be used", path);
    buf_release(&bytes);
    return rc;
}

// The first line of tzdata.zi is "# version 2026b".
static void read_release(void)
{
    char path[PATH_LEN_MAX], line[64] = "";
    zone_path("tzdata.zi", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
    if (fd >= 0) close(fd);
    line[n > 0 ? n : 0] = 0;
    if (sscanf(line, "# version %31[0-9a-zA-Z.-]", release) != 1)
        snprintf(release, sizeof release, "unknown");
}

const char *zone_release(void)
{
    if (!release[0]) read_release();
    return release;
}

int zone_reload(void)
{
    int changed = 0;
    read_release();
    for (size_t i = 0; i < zones_n; i++) {
        struct zone *z = zones[i];
        struct tzif file;
        struct file_mark mark;
        struct stat st;
        char path[PATH_LEN_MAX];
        zone_path(z->name, path);
        if (stat(path, &st) < 0 || mark_eq(z->mark, mark_of(&st))) continue;
        if (load_file(z->name, &file, &mark, NULL)) continue;
        tzif_release(&z->file);
        z->file = file;
        z->mark = mark;
        changed++;
    }
    return changed;
}

// -- names

// A name may only lead to a zone file below the directory: no dots, no empty part, and none of the copies
// that are there for other reasons ("right/" counts leap seconds, "localtime" is this machine's own).
static bool name_fits(struct text name)
{
    static const char *const others[] = {"posix/", "right/", "posixrules", "localtime"};
    if (!name.len || name.len > ZONE_NAME_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool inner = letter || c == '_' || c == '-' || c == '+';
        bool part_begins = i == 0 || name.data[i - 1] == '/';
        if (part_begins ? !letter : !inner && !(c == '/' && i + 1 < name.len)) return false;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct text other = text_of(others[i]);
        if (name.len >= other.len && text_eq((struct text){name.data, other.len}, other)) return false;
    }
    return true;
}

// "BTT", "PST", "GMT+6", "UTC+05:30", "+06:00": what people write when they mean a place.
static bool looks_like_abbreviation(struct text name)
{
    size_t i = 0;
    while (i < name.len && name.data[i] >= 'A' && name.data[i] <= 'Z') i++;
    if (i == name.len) return i >= 2 && i <= 5;
    if (i > 4 || (name.data[i] != '+' && name.data[i] != '-')) return false;
    for (i++; i < name.len; i++)
        if ((name.data[i] < '0' || name.data[i] > '9') && name.data[i] != ':') return false;
    return true;
}

// Calls `see` for each name in the release's list: lines "Z Asia/Thimphu ..." and "L Target Name".
static void each_name(struct text list, void (*see)(struct text name, void *ctx), void *ctx)
{
    while (list.len) {
        const char *newline = memchr(list.data, '\n', list.len);
        size_t len = newline ? (size_t)(newline - list.data) : list.len;
        struct scan s = scan_of((struct text){list.data, len});
        struct text kind = scan_token(&s), name = scan_token(&s);
        if (text_is(kind, "L")) name = scan_token(&s);
        if ((text_is(kind, "Z") || text_is(kind, "L")) && name_fits(name)) see(name, ctx);
        list.data += len + (newline != NULL);
        list.len -= len + (newline != NULL);
    }
}

// The best answer to a wrong name: a place of that name, else the name with the least typing errors.
struct search {
    struct text wanted;
    char near[ZONE_NAME_MAX + 1];
    int distance;
};

static void search_see(struct text name, void *ctx)
{
    struct search *s = ctx;
    struct text place = name;
    const char *slash = memrchr(name.data, '/', name.len);
    if (slash) place = (struct text){slash + 1, (size_t)(name.data + name.len - slash - 1)};
    int distance = nearest_distance(s->wanted, name, s->distance - 1);
    if (slash && nearest_distance(s->wanted, place, 0) == 0) distance = 0;
    if (distance >= s->distance) return;
    s->distance = distance;
    snprintf(s->near, sizeof s->near, "%.*s", (int)name.len, name.data);
}

static void find_nearest(struct text wanted, char near[ZONE_NAME_MAX + 1])
{
    char path[PATH_LEN_MAX], word[ZONE_NAME_MAX];
    struct buf list;
    struct file_mark mark;
    struct search search = {{word, wanted.len}, "", wanted.len < 6 ? 2 : wanted.len < 9 ? 3 : 4};
    near[0] = 0;
    if (wanted.len > sizeof word) return;
    for (size_t i = 0; i < wanted.len; i++) word[i] = wanted.data[i] == ' ' ? '_' : wanted.data[i];
    buf_init(&list, LIST_LEN_MAX);
    zone_path("tzdata.zi", path);
    if (read_file(path, &list, &mark, NULL) == 0) each_name(buf_text(&list), search_see, &search);
    buf_release(&list);
    snprintf(near, ZONE_NAME_MAX + 1, "%s", search.near);
}

static int refuse_name(struct text name, struct err *e)
{
    char near[ZONE_NAME_MAX + 1];
    int len = (int)(name.len < ZONE_NAME_MAX ? name.len : ZONE_NAME_MAX);
    if (looks_like_abbreviation(name))
        return err_set(e, ERR_INPUT,
            "\"%.*s\" is not a zone name; abbreviations are ambiguous. Use a place: Asia/Thimphu", len,
            name.data);
    find_nearest(name, near);
    if (near[0])
        return err_set(e, ERR_INPUT, "unknown time zone \"%.*s\" (did you mean %s?)", len, name.data, near);
    return err_set(e, ERR_INPUT, "unknown time zone \"%.*s\"; write a place such as Asia/Thimphu", len,
        name.data);
}

// Where the name is in the table, or where it belongs.
static size_t table_slot(struct text name, bool *there)
{
    size_t low = 0, high = zones_n;
    *there = false;
    while (low < high && !*there) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(zones[middle]->name, name.data, name.len);
        if (order == 0) order = zones[middle]->name[name.len] ? 1 : 0;
        if (order < 0) low = middle + 1;
        else high = middle;
        if (order == 0) *there = true;
    }
    return *there ? high : low;
}

const struct zone *zone_find(struct text name, struct err *e)
{
    struct zone z = {.name = ""};
    bool there;
    if (!name_fits(name)) {
        refuse_name(name, e);
        return NULL;
    }
    size_t at = table_slot(name, &there);
    if (there) return zones[at];
    memcpy(z.name, name.data, name.len);
    char path[PATH_LEN_MAX];
    struct stat st;
    zone_path(z.name, path);
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
        refuse_name(name, e);
        return NULL;
    }
    if (load_file(z.name, &z.file, &z.mark, e)) return NULL;
    if (zones_n == ZONES_MAX) {
        tzif_release(&z.file);
        err_set(e, ERR_LIMIT, "more than %d time zones are in use at once", ZONES_MAX);
        return NULL;
    }
    memmove(&zones[at + 1], &zones[at], (zones_n++ - at) * sizeof *zones);
    return zones[at] = mem_copy(&z, sizeof z);
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

const char *zone_place(const struct zone *z, char out[ZONE_WORD_MAX])
{
    const char *slash = strrchr(z->name, '/');
    snprintf(out, ZONE_WORD_MAX, "%s", slash ? slash + 1 : z->name);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
    return out;
}

const char *offset_print(int32_t offset, char out[WALL_TEXT_MAX])
{
    int32_t far = offset < 0 ? -offset : offset;
    int n = snprintf(out, WALL_TEXT_MAX, "UTC");
    if (far) n += snprintf(out + n, WALL_TEXT_MAX - (size_t)n, "%c%d", offset < 0 ? '-' : '+', far / 3600);
    if (far % 3600) n += snprintf(out + n, WALL_TEXT_MAX - (size_t)n, ":%02d", far / MINUTE % 60);
    if (far % MINUTE) snprintf(out + n, WALL_TEXT_MAX - (size_t)n, ":%02d", far % MINUTE);
    return out;
}

// -- instant -> wall

struct local zone_local(const struct zone *z, struct instant at)
{
    int64_t seconds = floor_div(at.ms, SECOND_MS);
    const struct tz_type *type = tzif_period(&z->file, seconds).type;
    return (struct local){{seconds + type->offset}, type->offset, type->dst, type->abbr};
}

// Some files begin their table 2^59 s before 1970, which is beyond any instant in milliseconds.
static struct instant clamp_instant(int64_t seconds)
{
    if (seconds >= INT64_MAX / SECOND_MS) return INSTANT_NEVER;
    if (seconds <= INT64_MIN / SECOND_MS) return (struct instant){INT64_MIN};
    return (struct instant){seconds * SECOND_MS};
}

struct zone_stretch zone_stretch(const struct zone *z, struct instant at)
{
    struct tz_period p = tzif_period(&z->file, floor_div(at.ms, SECOND_MS));
    return (struct zone_stretch){clamp_instant(p.begin), clamp_instant(p.end), p.type->offset};
}

// -- wall -> instant

static struct instant instant_of_seconds(int64_t seconds)
{
    return (struct instant){seconds * SECOND_MS};
}

// Walks through the stretches that could hold the wall time, earliest first. An instant is an answer when
// it lies in the stretch whose offset made it.
struct zone_meaning zone_meaning(const struct zone *z, struct wall w)
{
    int64_t until = w.seconds - z->file.offset_least;
    int64_t found[2] = {0}, gap = 0;
    int32_t offsets[2] = {0}, sides[2] = {0};
    int n = 0;
    struct tz_period p = tzif_period(&z->file, w.seconds - z->file.offset_most), next;
    for (;; p = next) {
        int64_t at = w.seconds - p.type->offset;
        if (p.begin <= at && at < p.end) {
            int i = n < 2 ? n : 1;
            found[i] = at;
            offsets[i] = p.type->offset;
            n = i + 1;
        }
        if (p.end > until) break;
        next = tzif_period(&z->file, p.end);
        if (p.end + p.type->offset <= w.seconds && w.seconds < p.end + next.type->offset) {
            gap = p.end;
            sides[0] = p.type->offset;
            sides[1] = next.type->offset;
        }
    }
    struct zone_meaning m = {.kind = n == 0 ? ZONE_GAP : n == 1 ? ZONE_NORMAL : ZONE_OVERLAP};
    if (n == 0) {
        m.change = instant_of_seconds(gap);
        m.before = sides[0];
        m.behind = sides[1];
        m.earlier = instant_of_seconds(w.seconds - sides[1]);
        m.later = instant_of_seconds(w.seconds - sides[0]);
    } else {
        m.before = offsets[0];
        m.behind = offsets[n - 1];
        m.earlier = instant_of_seconds(found[0]);
        m.later = instant_of_seconds(found[n - 1]);
    }
    return m;
}

// A wall time beside one of `day`: only the clock when it is the same date.
static const char *print_beside(struct wall w, int64_t day, char out[WALL_TEXT_MAX])
{
    return wall_day(w) == day ? clock_print(wall_clock(w), out) : wall_print(w, out);
}

static struct wall wall_with(struct instant at, int32_t offset)
{
    return (struct wall){floor_div(at.ms, SECOND_MS) + offset};
}

static int refuse_gap(const struct zone *z, struct wall w, const struct zone_meaning *m, struct err *e)
{
    char wall[WALL_TEXT_MAX], from[WALL_TEXT_MAX], to[WALL_TEXT_MAX], before[WALL_TEXT_MAX];
    char behind[WALL_TEXT_MAX], later[WALL_TEXT_MAX], earlier[WALL_TEXT_MAX];
    int64_t day = wall_day(w);
    struct wall change = wall_with(m->change, m->before);
    bool night = wall_clock(change) < 6 * 3600 || wall_clock(change) >= 18 * 3600;
    print_beside(wall_with(m->later, m->behind), day, later);
    print_beside(wall_with(m->earlier, m->before), day, earlier);
    offset_print(m->before, before);
    offset_print(m->behind, behind);
    return err_set(e, ERR_INPUT,
        "%s does not exist in %s: clocks go from %s (%s) to %s (%s) that %s.\n"
        "   write %s, or add  clock = \"later\" (%s, %s)  |  clock = \"earlier\" (%s, %s)",
        wall_print(w, wall), z->name, print_beside(change, day, from), before,
        print_beside(wall_with(m->change, m->behind), day, to), behind, night ? "night" : "day", later, later,
        behind, earlier, before);
}

static int refuse_overlap(const struct zone *z, struct wall w, const struct zone_meaning *m, struct err *e)
{
    char wall[WALL_TEXT_MAX], clock[WALL_TEXT_MAX], before[WALL_TEXT_MAX], behind[WALL_TEXT_MAX];
    char first[WALL_TEXT_MAX], second[WALL_TEXT_MAX];
    clock_print(wall_clock(w), clock);
    return err_set(e, ERR_INPUT,
        "%s happens twice in %s: %s %s (%s UTC) and %s %s (%s UTC).\n"
        "   add  clock = \"earlier\"  |  clock = \"later\"",
        wall_print(w, wall), z->name, clock, offset_print(m->before, before),
        print_beside(wall_with(m->earlier, 0), wall_day(w), first), clock, offset_print(m->behind, behind),
        print_beside(wall_with(m->later, 0), wall_day(w), second));
}

int zone_resolve(const struct zone *z, struct wall w, enum zone_choice choice, struct instant *at,
    struct err *e)
{
    struct zone_meaning m = zone_meaning(z, w);
    if (choice == ZONE_STRICT && m.kind == ZONE_GAP) return refuse_gap(z, w, &m, e);
    if (choice == ZONE_STRICT && m.kind == ZONE_OVERLAP) return refuse_overlap(z, w, &m, e);
    bool later = choice == ZONE_LATER || (choice == ZONE_COMPATIBLE && m.kind == ZONE_GAP);
    *at = later ? m.later : m.earlier;
    return 0;
}

const char *zone_note(const struct zone *z, struct wall w, char out[160])
{
    struct zone_meaning m = zone_meaning(z, w);
    char clock[WALL_TEXT_MAX], taken[WALL_TEXT_MAX], offset[WALL_TEXT_MAX];
    struct civil c = wall_civil(w);
    out[0] = 0;
    clock_print(wall_clock(w), clock);
    if (m.kind == ZONE_GAP)
        snprintf(out, 160, "%.9s does not exist on %d %s; %.30s (%.12s) taken", clock, c.day,
            month_short(c.month), print_beside(wall_with(m.later, m.behind), wall_day(w), taken),
            offset_print(m.behind, offset));
    if (m.kind == ZONE_OVERLAP)
        snprintf(out, 160, "%.9s happens twice on %d %s; the first (%.12s) taken", clock, c.day,
            month_short(c.month), offset_print(m.before, offset));
    return out;
}
