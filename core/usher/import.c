// SPDX-License-Identifier: MIT
// import: a newer list of people and the one beside the scripts, made one. What that means is
// scripts/import.lua; here is the desk on which it works: an engine in virtual time on an empty database,
// that begins nothing and whose files are lent. Afterwards every script beside the list that reads it is
// tried with the new one, so that what only the script knows (its groups, say) is checked before anything
// is written.
#include "usher.h"

#include "base/embedded.h"
#include "engine/script.h"
#include "usher/installation.h"
#include "usher/library.h"
#include "world/live_now.h"
#include "world/virtual.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT "import.lua"
#define SCRIPTS_MAX 16 // beside one list that are tried

struct desk {
    struct store *store;
    struct virtual *world;
    struct engine *engine;
    const char *into; // the list that is there, or will be
    struct buf came, request, answer;
    const char *instead; // what a script that is tried finds in the list's place; NULL: what is on disk
    struct err error;
};

// ---- files ----------------------------------------------------------------------------------------------

static int lend(struct text content, char **data, size_t *len)
{
    *data = mem_copy(content.data ? content.data : "", content.len);
    *len = content.len;
    return 0;
}

// "import.lua" and what it reads have no folder in front; a script that is tried has, and so has what it
// reads.
static int read_file(void *ctx, const char *path, char **data, size_t *len, struct err *e)
{
    struct desk *d = ctx;
    if (strcmp(path, SCRIPT) == 0) return lend(embedded_find("scripts/" SCRIPT), data, len);
    if (strcmp(path, "request.json") == 0) return lend(buf_text(&d->request), data, len);
    if (strcmp(path, "new") == 0) return lend(buf_text(&d->came), data, len);
    if (strcmp(path, "old") == 0) path = d->into;
    else if (d->instead && strcmp(path, d->into) == 0) return lend(text_of(d->instead), data, len);
    return installation_read_file(NULL, path, data, len, e);
}

// Nothing leaves this desk, so scripts need no secret here.
static int no_secret(void *ctx, const char *name, struct buf *out, struct err *e)
{
    (void)ctx, (void)name, (void)out, (void)e;
    return 0;
}

static int open_desk(struct desk *d)
{
    usher_set_library();
    d->store = store_open(&(struct store_options){.path = ":memory:", .mode = STORE_INLINE}, &d->error);
    if (!d->store) return -1;
    d->world = virtual_new(live_now());
    virtual_no_pretending(d->world);
    struct engine_options options = {.store = d->store,
        .world = virtual_world(d->world),
        .read_file = read_file,
        .read_ctx = d,
        .secret = no_secret,
        .base_url = INSTALLATION_PRACTICE_URL};
    d->engine = engine_new(&options, &d->error);
    if (!d->engine) return -1;
    virtual_attach(d->world, d->engine);
    return 0;
}

static void close_desk(struct desk *d)
{
    engine_free(d->engine);
    if (d->store) store_close(d->store);
    virtual_free(d->world);
    buf_release(&d->came);
    buf_release(&d->request);
    buf_release(&d->answer);
}

// ---- merging --------------------------------------------------------------------------------------------

static void on_answer(void *ctx, struct record reply, const struct err *error)
{
    struct desk *d = ctx;
    if (error) d->error = *error;
    else buf_add(&d->answer, reply.data, reply.len);
}

static int merge(struct desk *d)
{
    if (engine_load(d->engine, SCRIPT, &d->error)) return -1;
    engine_call(d->engine, (struct text){0}, TEXT("import"), (struct record){0}, on_answer, d);
    return virtual_settle(d->world, &d->error) || d->error.code ? -1 : 0;
}

// ---- scripts that read the list
// ----------------------------------------------------------------------------

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// Whether a script has the list's name in quotes. That is how the words name a file.
static bool mentions(const char *script, const char *name)
{
    char *data, quoted[260];
    size_t len;
    int n = snprintf(quoted, sizeof quoted, "\"%s\"", name);
    if (n < 0 || n >= (int)sizeof quoted || installation_read_file(NULL, script, &data, &len, NULL))
        return false;
    bool found = memmem(data, len, quoted, (size_t)n) != NULL;
    if (!found) {
        quoted[0] = quoted[n - 1] = '\'';
        found = memmem(data, len, quoted, (size_t)n) != NULL;
    }
    free(data);
    return found;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_script(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && strcmp(entry->d_name + len - 4, ".lua") == 0;
}

static int load(struct desk *d, const char *script, struct err *e)
{
    struct script *s = script_open(d->engine, script, e);
    if (!s) return -1;
    script_close(s);
    return 0;
}

// A script that could not be loaded before is not the list's fault: it is only told.
static int try_script(struct desk *d, const char *script, const char *csv, struct buf *said)
{
    struct err with, without = {0};
    d->instead = csv;
    int failed = load(d, script, &with);
    d->instead = NULL;
    if (failed && load(d, script, &without))
        buf_addf(said, "%s can't be loaded as it is: %s\n", script, without.text);
    else if (failed)
        err_set(&d->error, ERR_INPUT, "nothing was written, because of what the merged list is to %s: %s",
            script, with.text);
    return failed && !without.code ? -1 : 0;
}

static int try_scripts(struct desk *d, const char *csv, struct buf *scripts, struct buf *said)
{
    struct dirent **entries = NULL;
    char folder[1024], path[1300];
    const char *name = base_name(d->into);
    int failed = 0, tried = 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(name - d->into), d->into);
    int n = scandir(*folder ? folder : ".", &entries, is_script, by_name);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s%s", folder, entries[i]->d_name);
        if (!failed && tried < SCRIPTS_MAX && mentions(path, name)) {
            tried++;
            record_put_text(scripts, text_of(path));
            failed = csv ? try_script(d, path, csv, said) : 0;
        }
        free(entries[i]);
    }
    free(entries);
    return failed ? -1 : tried;
}

// ---- the answer -------------------------------------------------------------------------------------------

// A text of the merge's answer; data NULL: it is not there.
static struct text text_in(const struct desk *d, const char *name)
{
    struct text t = {0};
    record_text(record_get((struct record){(uint8_t *)d->answer.data, d->answer.len}, name), &t);
    return t;
}

static char *printed(struct record_map *map)
{
    struct buf record, json;
    buf_init(&record, RECORD_LEN_MAX);
    buf_init(&json, 64u << 20);
    record_map_end(map, &record);
    record_print_json((struct record){(uint8_t *)record.data, record.len}, &json);
    buf_release(&record);
    return buf_take(&json, NULL);
}

// A programme needs no list beside it.
static char *lua_answer(struct text lua)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "lua", lua);
    return printed(&map);
}

static char *answer(struct desk *d, struct text csv, struct text said, struct text scripts, int scripts_n)
{
    struct record_map map;
    struct buf text;
    record_map_init(&map);
    buf_init(&text, RECORD_LEN_MAX);
    buf_addt(&text, text_in(d, "text"));
    buf_addt(&text, said);
    record_map_text(&map, "text", buf_text(&text));
    if (csv.data) record_map_text(&map, "csv", csv);
    struct buf *list = record_map_key(&map, "scripts");
    record_put_list(list, (size_t)scripts_n);
    buf_addt(list, scripts);
    buf_release(&text);
    return printed(&map);
}

static char *try_merged(struct desk *d)
{
    char *json = NULL;
    struct buf scripts, said;
    buf_init(&scripts, 64u << 10);
    buf_init(&said, 64u << 10);
    struct text csv = text_in(d, "csv");
    char *z = csv.data ? mem_copy(csv.data, csv.len) : NULL;
    int n = try_scripts(d, z, &scripts, &said);
    if (n >= 0) json = answer(d, csv, buf_text(&said), buf_text(&scripts), n);
    free(z);
    buf_release(&scripts);
    buf_release(&said);
    return json;
}

static int take_request(struct desk *d, const char *file, const char *sheet, int drop_gone)
{
    struct record_map map;
    struct buf record;
    char *data;
    size_t len;
    if (installation_read_file(NULL, file, &data, &len, &d->error)) return -1;
    buf_add(&d->came, data, len);
    free(data);
    record_map_init(&map);
    buf_init(&record, 64u << 10);
    record_map_text(&map, "new", text_of(base_name(file)));
    record_map_text(&map, "old", text_of(base_name(d->into)));
    record_map_bool(&map, "there", access(d->into, F_OK) == 0);
    if (sheet) record_map_text(&map, "sheet", text_of(sheet));
    record_map_bool(&map, "drop_gone", drop_gone != 0);
    record_map_end(&map, &record);
    record_print_json((struct record){(uint8_t *)record.data, record.len}, &d->request);
    buf_release(&record);
    return 0;
}

int usher_import(const struct usher_import *import, char **answer_json, char **error)
{
    struct desk d = {.into = import->into};
    *answer_json = *error = NULL;
    buf_init(&d.came, 8u << 20);
    buf_init(&d.request, 64u << 10);
    buf_init(&d.answer, RECORD_LEN_MAX);
    if (!take_request(&d, import->file, import->sheet, import->drop_gone) && !open_desk(&d) && !merge(&d)) {
        struct text refused = text_in(&d, "refused"); // it lists rows, and may be longer than an error
        struct text lua = text_in(&d, "lua");
        if (refused.data) *error = mem_copy(refused.data, refused.len);
        else if (lua.data) *answer_json = lua_answer(lua);
        else *answer_json = try_merged(&d);
    }
    int code = *answer_json ? 0 : USHER_INPUT;
    if (code && !*error) {
        if (!d.error.code) err_set(&d.error, ERR_INPUT, "the lists can't be merged");
        *error = mem_copyz(d.error.text);
        code = err_exit_code(&d.error);
    }
    close_desk(&d);
    return code;
}
