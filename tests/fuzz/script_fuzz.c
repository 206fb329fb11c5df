// SPDX-License-Identifier: MIT
// script_fuzz: hostile text as a script: it is refused with a sentence, or it runs its top level within its
// budget; never a crash of the compiler or of the library.
#include "engine/engine.h"
#include "engine/script.h"
#include "lua/api.h"

#include <stdlib.h>
#include <string.h>

static struct text source;

static int read_file(void *ctx, const char *path, char **data, size_t *len, struct err *e)
{
    (void)ctx;
    if (strcmp(path, "s.lua") != 0) return err_set(e, ERR_INPUT, "%s is not there", path);
    *data = mem_copy(source.data, source.len);
    *len = source.len;
    return 0;
}

static int no_secret(void *ctx, const char *name, struct buf *out, struct err *e)
{
    (void)ctx, (void)out;
    return err_set(e, ERR_INPUT, "there is no secret '%s'", name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 16384) return 0;
    source = (struct text){(const char *)data, size};
    sandbox_set_library(api_open);
    struct engine g = {.options = {.rehearsal = true, .read_file = read_file, .secret = no_secret}};
    struct err e = {0};
    struct script *s = script_open(&g, "s.lua", &e);
    if (!s && !*e.text) abort(); // refused without a word
    script_close(s);
    return 0;
}
