// SPDX-License-Identifier: MIT
// script: see script.h. Loading is: read, run the top level once, check what it declared, freeze.
#include "engine/script.h"

#include "base/embedded.h"
#include "engine/forget.h"
#include "engine/handed.h"
#include "engine/route.h"
#include "engine/schedule.h"
#include "engine/value.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (8u << 20)
// Under which name the sources say which of them is the script itself; no file's name begins so.
#define MAIN "@main"
#define HANDED "@handed/"

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

struct script *script_of(lua_State *L)
{
    return sandbox_of(L)->owner;
}

// ---- files ------------------------------------------------------------------------------------------

// Only files beside the script: nothing outside its folder can be read through a script.
static bool name_is_safe(struct text name)
{
    if (name.len == 0 || name.len > 200 || memchr(name.data, 0, name.len)) return false;
    if (name.data[0] == '/' || name.data[0] == '@') return false;
    for (size_t i = 0; i + 1 < name.len; i++) {
        if (name.data[i] == '.' && name.data[i + 1] == '.') return false;
    }
    return true;
}

// What usher brings: "usher/mail.lua" is its scripts/usher/mail.lua, "shipped/holidays/bt-2021.txt" its
// scripts/holidays/bt-2021.txt. False: a file beside the script.
static bool is_embedded(struct text name, char path[256])
{
    bool words = name.len > 6 && memcmp(name.data, "usher/", 6) == 0;
    bool shipped = name.len > 8 && memcmp(name.data, "shipped/", 8) == 0;
    int from = shipped ? 8 : 0;
    snprintf(path, 256, "scripts/%.*s", (int)name.len - from, name.data + from);
    return words || shipped;
}

// usher's own files are part of the program: they are lent, and the others are the source's.
static int read_anew(struct script *s, const char *name, struct source *out, struct err *e)
{
    char embedded[256], path[1024];
    if (is_embedded(text_of(name), embedded)) {
        struct text file = embedded_find(embedded);
        if (!file.data) return err_set(e, ERR_INPUT, "usher brings no file '%s'", embedded + 8);
        out->data = file.data;
        out->len = file.len;
        return 0;
    }
    snprintf(path, sizeof path, "%s%s", s->folder, name);
    int failed = s->engine->options.read_file(s->engine->options.read_ctx, path, &out->own, &out->len, e);
    if (!failed) forget_rows(s->engine, path, &out->own, &out->len);
    out->data = out->own;
    return failed;
}

// What was read once stays what it is for this script, also when the file changes on disk meanwhile.
static struct text remembered(struct script *s, const char *name)
{
    struct text t = {NULL, 0};
    if (s->stored.data) {
        struct record r = record_get(s->stored, name);
        if (record_text(r, &t)) return t;
        return (struct text){NULL, 0};
    }
    for (struct source *source = s->sources; source; source = source->next) {
        if (strcmp(source->name, name) == 0) return (struct text){source->data, source->len};
    }
    return t;
}

static struct text remember(struct script *s, const char *name, struct source read)
{
    read.name = mem_copyz(name);
    s->sources = memcpy(mem_alloc(sizeof read), &read, sizeof read);
    return (struct text){read.data, read.len};
}

int script_read(struct script *s, const char *name, struct text *out, struct err *e)
{
    if (!name_is_safe(text_of(name))) {
        return err_set(e, ERR_INPUT,
            "'%s' is no file beside the script: write a name without '..' and without '/' or '@' in front",
            name);
    }
    *out = remembered(s, name);
    if (out->data) return 0;
    if (s->stored.data)
        return err_set(e, ERR_INPUT, "the database holds no file '%s' for this version", name);
    struct source read = {.next = s->sources};
    if (read_anew(s, name, &read, e)) return -(int)e->code;
    if (read.len > FILE_MAX) {
        free(read.own);
        return err_set(e, ERR_LIMIT, "'%s' is larger than 8 MiB", name);
    }
    *out = remember(s, name, read);
    return 0;
}

int script_handed(struct script *s, struct text event, struct text list, struct text *out, struct err *e)
{
    struct buf name, json;
    buf_init(&name, 1024);
    buf_init(&json, FILE_MAX);
    buf_addf(&name, HANDED "%.*s/%.*s", (int)event.len, event.data, (int)list.len, list.data);
    *out = remembered(s, buf_z(&name));
    int failed = 0;
    if (!out->data && !s->stored.data) failed = handed_print(s->engine, event, list, &json, e);
    if (!failed && json.over)
        failed = err_set(e, ERR_LIMIT, "the list '%.*s' of the event '%.*s' is larger than 8 MiB",
            (int)list.len, list.data, (int)event.len, event.data);
    if (!failed && json.len) {
        struct source handed = {.next = s->sources};
        handed.data = handed.own = buf_take(&json, &handed.len);
        *out = remember(s, buf_z(&name), handed);
    }
    buf_release(&name);
    buf_release(&json);
    return failed;
}

struct record script_sources(struct script *s, struct buf *out)
{
    if (s->stored.data) return s->stored;
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, MAIN, text_of(file_name(s->path)));
    for (struct source *f = s->sources; f; f = f->next)
        record_map_text(&map, f->name, (struct text){f->data, f->len});
    record_map_end(&map, out);
    return (struct record){(const uint8_t *)buf_z(out), out->len};
}

static bool is_beside(struct record_iter *it, struct text *name)
{
    char embedded[256];
    return record_text(it->key, name) && name->data[0] != '@' && !is_embedded(*name, embedded);
}

void script_files(struct script *s, struct buf *out)
{
    struct buf sources;
    struct text name;
    size_t n = 0;
    buf_init(&sources, 64u << 20);
    struct record all = script_sources(s, &sources);
    for (struct record_iter it = record_each(all); record_next(&it);) n += is_beside(&it, &name);
    record_put_list(out, n);
    for (struct record_iter it = record_each(all); record_next(&it);) {
        if (is_beside(&it, &name)) record_put_text(out, name);
    }
    buf_release(&sources);
}

// ---- modules ----------------------------------------------------------------------------------------

// require "usher.mail" -> usher/mail.lua of this program; require "rules" -> rules.lua beside the script.
static int require(lua_State *L)
{
    struct script *s = script_of(L);
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); // sandbox_freeze looks there
    if (lua_getfield(L, 2, name) != LUA_TNIL) return 1;
    if (s->context != CONTEXT_LOADING)
        return luaL_error(L, "require '%s': modules are loaded at the top of a script", name);
    struct buf file;
    buf_init(&file, 256);
    for (const char *c = name; *c; c++) buf_addc(&file, *c == '.' ? '/' : *c);
    buf_addz(&file, ".lua");
    struct text source;
    struct err e = {0};
    int failed = script_read(s, buf_z(&file), &source, &e);
    if (!failed) failed = sandbox_load(s->sandbox, L, buf_z(&file), source, &e);
    buf_release(&file);
    if (failed) return luaL_error(L, "require '%s': %s", name, e.text);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static void set_global(struct script *s, const char *name)
{
    lua_State *L = s->sandbox->L; // the value is on top
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->sandbox->env_ref);
    lua_insert(L, -2);
    lua_pushstring(L, name);
    lua_insert(L, -2);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

static int open_words(lua_State *L)
{
    struct script *s = script_of(L);
    lua_pushcfunction(L, require);
    lua_pushvalue(L, -1);
    set_global(s, "require");
    lua_pushstring(L, "usher.init");
    lua_call(L, 1, 1);
    lua_pushnil(L);
    while (lua_next(L, -2)) set_global(s, lua_tostring(L, -2));
    return 0;
}

// ---- opening ----------------------------------------------------------------------------------------

static struct script *script_new(struct engine *g, const char *path)
{
    struct script *s = mem_alloc(sizeof *s);
    s->engine = g;
    s->path = mem_copyz(path);
    const char *slash = strrchr(path, '/');
    s->folder = slash ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copyz("");
    s->sandbox = sandbox_open(s);
    return s;
}

// Runs a protected call on the state's main thread within the budget of loading.
static int call_loading(struct script *s, int args_n, struct err *e)
{
    lua_State *L = s->sandbox->L;
    int64_t slice_ms = s->sandbox->budget.slice_ms;
    size_t grow_max = s->sandbox->budget.slice_grow_max;
    s->sandbox->budget.slice_ms = 5000; // lists of thousands of people are read here, once
    s->sandbox->budget.slice_grow_max = s->sandbox->budget.memory_max;
    s->context = CONTEXT_LOADING;
    budget_begin(&s->sandbox->budget, L);
    int status = lua_pcall(L, args_n, 0, 0);
    enum budget_struck struck = budget_end(&s->sandbox->budget);
    s->context = CONTEXT_NONE;
    s->sandbox->budget.slice_ms = slice_ms;
    s->sandbox->budget.slice_grow_max = grow_max;
    if (struck) return err_set(e, ERR_LIMIT, "%s: %s", s->path, budget_sentence(struck));
    if (status == LUA_OK) return 0;
    err_set(e, ERR_INPUT, "%s", sandbox_said(L, NULL));
    lua_settop(L, 0);
    return -(int)ERR_INPUT;
}

static int run_top_level(struct script *s, struct err *e)
{
    struct text source;
    lua_State *L = s->sandbox->L;
    lua_pushcfunction(L, open_words);
    if (call_loading(s, 0, e)) return -(int)e->code;
    if (script_read(s, file_name(s->path), &source, e)) return -(int)e->code;
    if (sandbox_load(s->sandbox, L, file_name(s->path), source, e)) return -(int)e->code;
    if (call_loading(s, 0, e)) return -(int)e->code;
    if (s->at_end_ref) { // the words look at the whole once everything is declared
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->at_end_ref);
        if (call_loading(s, 0, e)) return -(int)e->code;
    }
    return 0;
}

// Every start and schedule must name a flow that exists.
static int check_declared(struct script *s, struct err *e)
{
    for (struct start_decl *d = s->starts; d; d = d->next) {
        if (!script_flow(s, text_of(d->name))) {
            return err_set(e, ERR_INPUT,
                "%s: usher.start names the flow '%s', which this script does not have", s->path, d->name);
        }
    }
    for (struct schedule *d = s->schedules; d; d = d->next) {
        if (!script_flow(s, text_of(d->flow))) {
            return err_set(e, ERR_INPUT,
                "%s: the schedule '%s' names the flow '%s', which this script does not have", s->path,
                d->name, d->flow);
        }
    }
    return 0;
}

// A script without usher.describe (or `event`) is named after its file.
static void name_event(struct script *s)
{
    if (s->event_name) return;
    const char *name = file_name(s->path);
    const char *dot = strrchr(name, '.');
    s->event_name = mem_copy(name, dot ? (size_t)(dot - name) : strlen(name));
}

// SHA-256 over the name and the SHA-256 of each source, in the order of their names. Those of usher's own
// files were worked out when it was built.
static void hash_each(struct hasher *h, struct record sources)
{
    struct text name, source;
    hasher_init(h);
    for (struct record_iter it = record_each(sources); record_next(&it);) {
        char path[256];
        if (!record_text(it.key, &name) || !record_text(it.value, &source)) continue;
        struct hash one = is_embedded(name, path) ? embedded_hash(path, source) : hash_of(source);
        hasher_add(h, name);
        hasher_add(h, (struct text){(const char *)one.bytes, HASH_LEN});
    }
}

struct hash script_hash(struct record sources)
{
    struct hasher h;
    hash_each(&h, sources);
    return hasher_end(&h);
}

static struct hash hash_sources(struct script *s)
{
    struct buf sources;
    struct hasher h;
    buf_init(&sources, 64u << 20);
    hash_each(&h, script_sources(s, &sources));
    if (s->engine->options.moved) hasher_add(&h, text_of(s->engine->options.moved)); // as if it were edited
    buf_release(&sources);
    return hasher_end(&h);
}

static struct script *finish_opening(struct script *s, struct err *e)
{
    if (run_top_level(s, e)) goto fail;
    name_event(s);
    if (check_declared(s, e)) goto fail;
    sandbox_freeze(s->sandbox);
    lua_gc(s->sandbox->L, LUA_GCCOLLECT, 0); // what loading left: a script then sleeps for weeks
    s->hash = hash_sources(s);
    return s;
fail:
    script_close(s);
    return NULL;
}

struct script *script_open(struct engine *g, const char *path, struct err *e)
{
    return finish_opening(script_new(g, path), e);
}

struct script *script_reopen(struct engine *g, int64_t id, struct record sources, struct err *e)
{
    struct text name = record_get_text(sources, MAIN);
    char *path = mem_copy(name.data, name.len);
    struct script *s = script_new(g, path);
    free(path);
    s->id = id;
    s->stored = (struct record){mem_copy(sources.data, sources.len), sources.len};
    return finish_opening(s, e);
}

void script_take_schedules(struct script *anew, const struct script *old)
{
    for (struct schedule *d = anew->schedules; d; d = d->next) {
        for (const struct schedule *was = old->schedules; was; was = was->next) {
            if (strcmp(was->name, d->name) != 0) continue;
            d->last_at = was->last_at;
            d->next_at = schedule_after(d, was->last_at.ms ? was->last_at : anew->engine->now);
            d->running_flow = was->running_flow;
            d->asked = was->asked;
        }
    }
}

// ---- closing and look-ups ---------------------------------------------------------------------------

static void free_lists(struct script *s)
{
    while (s->flows) {
        struct flow_def *d = s->flows;
        s->flows = d->next;
        free((char *)d->name);
        free((char *)d->was);
        free(d);
    }
    while (s->handlers) {
        struct handler *h = s->handlers;
        s->handlers = h->next;
        free((char *)h->name);
        free(h);
    }
    route_free_all(s);
    while (s->starts) {
        struct start_decl *d = s->starts;
        s->starts = d->next;
        free(d->name);
        free(d->key);
        free(d->label);
        free((void *)d->input.data);
        free(d);
    }
    while (s->sources) {
        struct source *f = s->sources;
        s->sources = f->next;
        free(f->name);
        free(f->own);
        free(f);
    }
    schedule_free_all(s);
}

void script_close(struct script *s)
{
    if (!s) return;
    sandbox_close(s->sandbox);
    free_lists(s);
    free((void *)s->stored.data);
    free((void *)s->about.data);
    free(s->event_name);
    free(s->path);
    free(s->folder);
    free(s);
}

#define SENT_AGAIN "sent again"

// "invitation, sent again 2" is run by the flow "sent again" (scripts/usher/resend.lua): a name of its own
// for each, so that the key stays the person's.
static bool is_sent_again(struct text name)
{
    static const char behind[] = ", " SENT_AGAIN;
    return name.len > strlen(behind) && memmem(name.data, name.len, behind, strlen(behind)) != NULL;
}

struct flow_def *script_flow(const struct script *s, struct text name)
{
    for (struct flow_def *d = s->flows; d; d = d->next) {
        if (text_is(name, d->name)) return d;
    }
    return is_sent_again(name) ? script_flow(s, TEXT(SENT_AGAIN)) : NULL;
}

struct flow_def *script_flow_was(const struct script *s, struct text was)
{
    for (struct flow_def *d = s->flows; d; d = d->next) {
        if (d->was && text_is(was, d->was)) return d;
    }
    return NULL;
}

struct handler *script_handler(const struct script *s, struct text name)
{
    for (struct handler *h = s->handlers; h; h = h->next) {
        if (text_is(name, h->name)) return h;
    }
    return NULL;
}

size_t script_flow_names(const struct script *s, const char **names, size_t n)
{
    size_t i = 0;
    for (struct flow_def *d = s->flows; d && i < n; d = d->next) names[i++] = d->name;
    return i;
}
