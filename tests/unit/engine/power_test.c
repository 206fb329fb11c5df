// SPDX-License-Identifier: MIT
// The power fails at every commit and every effect: what was written and not synced is gone, or half there.
//
// kill -9 does not test fsync, for the kernel keeps what a process wrote. So SQLite gets files of our own
// here: each remembers what was written since its last sync; when the power fails, a choice of these sectors
// survives.
// File names are taken to be durable at once.
#include "engine_rig.h"

#include <sqlite3.h>

#define FILES_MAX 8
#define SECTOR 512

struct write {
    int64_t at;
    size_t len; // 0: the file is cut at `at`
    char *data;
};

struct disk_file {
    char name[128];
    char *synced, *live;
    int64_t synced_len, live_len;
    struct write *writes; // since the last sync
    size_t writes_n, writes_room;
};

static struct {
    struct disk_file files[FILES_MAX];
    bool off;      // nothing reaches the disk
    bool lies;     // a sync does nothing and says that it went well
    uint64_t seed; // 0: nothing unsynced survives
    int syncs, cut_at_sync;
    struct virtual *world;
    int losses; // files that lost something
} disk;

// ---- bytes ------------------------------------------------------------------------------------------------

static void put(char **bytes, int64_t *len, int64_t at, const char *data, size_t data_len)
{
    int64_t end = at + (int64_t)data_len;
    if (end > *len) {
        *bytes = mem_grow(*bytes, (size_t)end);
        memset(*bytes + *len, 0, (size_t)(end - *len));
        *len = end;
    }
    memcpy(*bytes + at, data, data_len);
}

static bool survives(void)
{
    if (!disk.seed) return false;
    disk.seed = disk.seed * 6364136223846793005u + 1442695040888963407u;
    return disk.seed >> 63;
}

static void forget_writes(struct disk_file *f)
{
    for (size_t i = 0; i < f->writes_n; i++) free(f->writes[i].data);
    f->writes_n = 0;
}

static void keep_some_sectors(struct disk_file *f, const struct write *w)
{
    for (size_t i = 0; i < w->len; i += SECTOR) {
        size_t len = w->len - i < SECTOR ? w->len - i : SECTOR;
        if (survives()) put(&f->synced, &f->synced_len, w->at + (int64_t)i, w->data + i, len);
    }
    if (w->len == 0 && survives() && w->at < f->synced_len) f->synced_len = w->at;
}

static void set_live_from_synced(struct disk_file *f)
{
    f->live = mem_grow(f->live, (size_t)f->synced_len + 1);
    memcpy(f->live, f->synced ? f->synced : "", (size_t)f->synced_len);
    f->live_len = f->synced_len;
}

static void on_power(bool on)
{
    disk.off = !on;
    for (size_t i = 0; on && i < FILES_MAX; i++) {
        struct disk_file *f = &disk.files[i];
        disk.losses += f->writes_n > 0;
        for (size_t k = 0; k < f->writes_n; k++) keep_some_sectors(f, &f->writes[k]);
        forget_writes(f);
        if (*f->name) set_live_from_synced(f);
    }
}

static void remember(struct disk_file *f, int64_t at, const void *data, size_t len)
{
    if (f->writes_n == f->writes_room) {
        f->writes_room = f->writes_room ? 2 * f->writes_room : 16;
        f->writes = mem_grow(f->writes, f->writes_room * sizeof *f->writes);
    }
    f->writes[f->writes_n++] = (struct write){at, len, mem_copy(data ? data : "", len)};
}

// ---- what SQLite asks of a file ---------------------------------------------------------------------

struct handle {
    sqlite3_file base;
    struct disk_file *file;
};

static struct disk_file *file_of(sqlite3_file *h)
{
    return ((struct handle *)h)->file;
}

static int on_close(sqlite3_file *h)
{
    (void)h;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *h, void *out, int len, sqlite3_int64 at)
{
    struct disk_file *f = file_of(h);
    int64_t there = f->live_len > at ? f->live_len - at : 0;
    int n = there < len ? (int)there : len;
    memset(out, 0, len > 0 ? (size_t)len : 0);
    if (n) memcpy(out, f->live + at, (size_t)n);
    return n < len ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int on_write(sqlite3_file *h, const void *data, int len, sqlite3_int64 at)
{
    struct disk_file *f = file_of(h);
    put(&f->live, &f->live_len, at, data, (size_t)len);
    if (!disk.off) remember(f, at, data, (size_t)len);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *h, sqlite3_int64 len)
{
    struct disk_file *f = file_of(h);
    if (len < f->live_len) f->live_len = len;
    if (!disk.off) remember(f, len, NULL, 0);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *h, int flags)
{
    struct disk_file *f = file_of(h);
    (void)flags;
    if (++disk.syncs == disk.cut_at_sync) { // off before it is done; nothing passes the next boundary
        disk.off = true;
        virtual_crash_at(disk.world, virtual_boundaries(disk.world) + 1);
    }
    if (disk.off || disk.lies) return SQLITE_OK;
    f->synced = mem_grow(f->synced, (size_t)f->live_len + 1);
    memcpy(f->synced, f->live ? f->live : "", (size_t)f->live_len);
    f->synced_len = f->live_len;
    forget_writes(f);
    return SQLITE_OK;
}

static int on_size(sqlite3_file *h, sqlite3_int64 *out)
{
    *out = file_of(h)->live_len;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *h, int level)
{
    (void)h, (void)level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *h, int *out)
{
    (void)h;
    *out = 0;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *h, int op, void *arg)
{
    (void)h, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *h)
{
    (void)h;
    return SECTOR;
}

static int on_characteristics(sqlite3_file *h)
{
    (void)h;
    return 0; // promises nothing
}

static const sqlite3_io_methods methods = {.iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_lock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics};

static struct disk_file *find_file(const char *name, bool make)
{
    struct disk_file *free_one = NULL;
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(disk.files[i].name, name) == 0) return &disk.files[i];
        if (!*disk.files[i].name && !free_one) free_one = &disk.files[i];
    }
    if (!make || !free_one) return NULL;
    snprintf(free_one->name, sizeof free_one->name, "%s", name);
    return free_one;
}

static void free_file(struct disk_file *f)
{
    forget_writes(f);
    free(f->writes);
    free(f->synced);
    free(f->live);
    *f = (struct disk_file){0};
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *h, int flags, int *out_flags)
{
    (void)vfs;
    struct handle *handle = (struct handle *)h;
    handle->file = find_file(name ? name : "(temporary)", true);
    handle->base.pMethods = handle->file ? &methods : NULL;
    if (out_flags) *out_flags = flags;
    return handle->file ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)sync;
    struct disk_file *f = find_file(name, false);
    if (f && !disk.off) free_file(f);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs, (void)flags;
    *out = find_file(name, false) != NULL;
    return SQLITE_OK;
}

static sqlite3_vfs vfs;

static int plug_in(void **state)
{
    sqlite3_initialize();
    vfs = *sqlite3_vfs_find(NULL); // names, random bytes and the time come from the system's
    vfs.iVersion = 1;
    vfs.pNext = NULL;
    vfs.zName = "power";
    vfs.szOsFile = sizeof(struct handle);
    vfs.xOpen = on_open;
    vfs.xDelete = on_delete;
    vfs.xAccess = on_access;
    return sqlite3_vfs_register(&vfs, 1);
}

static void new_disk(uint64_t seed)
{
    for (size_t i = 0; i < FILES_MAX; i++) free_file(&disk.files[i]);
    int losses = disk.losses;
    memset(&disk, 0, sizeof disk);
    disk.losses = losses;
    disk.seed = seed;
}

// ---- the story ----------------------------------------------------------------------------------------

static const char script[] = //
    "local function send(name)\n"
    "  return usher.mail { name, to = 'a@x.example', subject = 's', text = 't', unsure = 'resend' }\n"
    "end\n"
    "usher.flow('guest', function()\n"
    "  send('invitation')\n"
    "  local yes = usher.wait('rsvp', { timeout = '3 days' })\n"
    "  usher.decide('seat', function() usher.book('seats'):set('P1', yes or false) return true end)\n"
    "  send('confirmation')\n"
    "  return yes or false\n"
    "end)\n"
    "usher.on('rsvp', function() usher.signal('guest', 'P1', 'rsvp', true, { dedup = 'form' }) return "
    "'heard' end)\n"
    "usher.on('seats', function() return usher.book('seats'):get('P1') end)\n"
    "usher.start('guest', { key = 'P1' })\n";

static struct rig *play(int64_t boundary)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    disk.world = r->world;
    r->on_disk = true;
    r->power = on_power;
    rig_write(r, "test.lua", script);
    virtual_crash_at(r->world, boundary);
    rig_begin(r);
    rig_run_until(r, "2021-02-02 08:00");
    while (strcmp(rig_call(r, "rsvp", "{}"), "\"heard\"") != 0) continue;
    rig_run(r);
    return r;
}

static void assert_ended_well(struct rig *r)
{
    int invitations = 0, confirmations = 0;
    for (struct rig_effect *x = r->effects; x; x = x->next) {
        invitations += strcmp(x->step, "mail:invitation") == 0;
        confirmations += strcmp(x->step, "mail:confirmation") == 0;
    }
    assert_text(rig_state(r, "guest", "P1"), "done");
    assert_text(rig_result(r, "guest", "P1"), "true");
    assert_text(rig_call(r, "seats", "{}"), "true");
    assert_true(invitations >= 1 && confirmations >= 1 && r->effects_n <= 2 + r->deaths);
}

static void a_power_cut_anywhere_loses_nothing_that_was_seen_outside(void **state)
{
    int cuts = 0;
    for (int64_t boundary = 1, any = 1; any; boundary++) {
        any = 0;
        for (uint64_t image = 0; image < 4; image++) {
            new_disk(image ? (uint64_t)boundary << 8 | image : 0);
            struct rig *r = play(boundary);
            any += r->deaths > 0;
            cuts += r->deaths;
            assert_ended_well(r);
            rig_end(r);
        }
    }
    assert_true(cuts > 4 * 10);
    print_message("%d power cuts\n", cuts);
    new_disk(0);
}

// In the middle of a commit: what it wrote is not synced yet, and any choice of its sectors may be there.
static void a_power_cut_inside_a_commit_leaves_all_of_it_or_nothing(void **state)
{
    int cuts = 0;
    disk.losses = 0;
    for (int sync = 1, any = 1; any; sync++) {
        any = 0;
        for (uint64_t image = 0; image < 16; image++) {
            new_disk(image ? (uint64_t)sync << 8 | image : 0);
            disk.cut_at_sync = sync;
            struct rig *r = play(0);
            any += r->deaths > 0;
            cuts += r->deaths;
            assert_ended_well(r);
            rig_end(r);
        }
    }
    assert_true(cuts > 16 * 5 && disk.losses >= cuts / 2);
    print_message("%d power cuts; %d times a file lost something\n", cuts, disk.losses);
    new_disk(0);
}

// The control: with a disk that only says that it synced, the same power cut loses what was answered.
static void a_disk_that_lies_is_noticed_by_this_test(void **state)
{
    new_disk(0);
    struct rig *r = rig_new("2021-02-01 08:00");
    r->on_disk = true;
    r->power = on_power;
    rig_write(r, "test.lua", script);
    rig_begin(r);
    rig_settle(r);
    disk.lies = true;
    assert_text(rig_call(r, "rsvp", "{}"), "\"heard\"");
    assert_text(rig_call(r, "seats", "{}"), "true");
    rig_restart(r);
    disk.lies = false;
    assert_string_not_equal(rig_call(r, "seats", "{}"), "true");
    rig_end(r);
    new_disk(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_anywhere_loses_nothing_that_was_seen_outside),
        cmocka_unit_test(a_power_cut_inside_a_commit_leaves_all_of_it_or_nothing),
        cmocka_unit_test(a_disk_that_lies_is_noticed_by_this_test),
    };
    return cmocka_run_group_tests(tests, plug_in, NULL);
}
