// SPDX-License-Identifier: MIT
// chunks: see chunks.h.
#include "engine/chunks.h"

#include "base/embedded.h"

#include <lauxlib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPILED_MAX (1u << 20) // of one file; the largest of ours is a twentieth of it

struct chunk_kept {
    struct chunk_kept *next;
    char *name;
    struct buf compiled; // empty: it was loaded once
};

static struct chunk_kept *kept;
static bool keep_at_once;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // a program may have engines on several threads

static bool is_ours(const char *name, struct text source)
{
    char path[256];
    snprintf(path, sizeof path, "scripts/%s", name);
    return strncmp(name, "usher/", 6) == 0 && text_eq(embedded_find(path), source);
}

// Whether it was there already.
static bool find(const char *name, struct chunk_kept **out)
{
    for (*out = kept; *out; *out = (*out)->next) {
        if (strcmp((*out)->name, name) == 0) return true;
    }
    struct chunk_kept *k = mem_alloc(sizeof *k);
    k->name = mem_copyz(name);
    k->next = kept;
    buf_init(&k->compiled, COMPILED_MAX);
    *out = kept = k;
    return false;
}

static int on_piece(lua_State *L, const void *piece, size_t len, void *into)
{
    (void)L;
    buf_add(into, piece, len);
    return 0;
}

static bool compile(lua_State *L, const char *chunk, struct text source)
{
    if (luaL_loadbufferx(L, source.data, source.len, chunk, "t") == LUA_OK) return true;
    lua_pop(L, 1);
    return false;
}

void chunks_keep(void)
{
    pthread_mutex_lock(&lock);
    keep_at_once = true;
    pthread_mutex_unlock(&lock);
}

bool chunks_load(lua_State *L, const char *name, struct text source)
{
    struct chunk_kept *k;
    char chunk[256];
    if (!is_ours(name, source)) return false;
    snprintf(chunk, sizeof chunk, "@%s", name);
    pthread_mutex_lock(&lock);
    bool worth_it = find(name, &k) || keep_at_once;
    bool fine = k->compiled.len ? luaL_loadbufferx(L, k->compiled.data, k->compiled.len, chunk, "b") == LUA_OK
                                : compile(L, chunk, source);
    if (fine && worth_it && !k->compiled.len) {
        lua_dump(L, on_piece, &k->compiled, 0);
        if (k->compiled.over) buf_release(&k->compiled);
    }
    pthread_mutex_unlock(&lock);
    return fine;
}
