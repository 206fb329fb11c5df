// SPDX-License-Identifier: MIT
// fork: one flow of a running event, once more from a point in its life, in virtual time and on a copy: what
// would happen from there, on its own script or on a changed one. Nobody else goes on meanwhile, nobody
// answers, nothing leaves.
#include "usher.h"

#include "base/log.h"
#include "engine/ask.h"
#include "engine/edit.h"
#include "engine/reload.h"
#include "engine/script.h"
#include "usher/copy.h"
#include "usher/library.h"
#include "usher/rehearsal.h"

#include <stdlib.h>
#include <string.h>

struct fork {
    const struct usher_options *options;
    struct usher_rehearsal how;
    struct rehearsal life;
    struct copy copy;
    struct buf request, answer;
    int64_t flow, from_n; // from_n: the first row that has not happened
    struct instant at;    // when that was
    struct err error;
};

static struct record asked(const struct fork *f)
{
    return (struct record){(const uint8_t *)f->request.data, f->request.len};
}

// ---- where it is cut ------------------------------------------------------------------------------------

// "mail:reminder/P0042" is called mail:reminder and reminder, too.
static bool is_called(struct text key, struct text name)
{
    char *z = mem_copy(key.data, key.len);
    char shown[128];
    const char *bar = strrchr(z, '|'), *own = bar ? bar + 1 : z;
    edit_name_of(z, shown);
    size_t n = strcspn(own, "/#");
    bool is = text_is(name, shown) || text_is(name, z) || (name.len == n && memcmp(name.data, own, n) == 0);
    free(z);
    return is;
}

static bool is_the_place(const struct fork *f, const struct journal_row *row)
{
    int64_t at = record_get_int(asked(f), "at", 0), step = record_get_int(asked(f), "step", 0);
    struct text name = record_get_text(asked(f), "name");
    if (at) return row->at.ms > at;
    if (name.len) return row->key.len && is_called(row->key, name);
    return row->step == step;
}

static int find_place(struct fork *f, const struct loaded_flow *from)
{
    int64_t at = record_get_int(asked(f), "at", 0);
    f->at = from->flow.t0;
    for (size_t i = 0; i < from->journal_n; i++) {
        const struct journal_row *row = &from->journal[i];
        if (is_the_place(f, row)) {
            f->from_n = row->n;
            if (at) f->at.ms = at;
            return 0;
        }
        f->at = row->at;
    }
    if (at) {
        f->from_n = (int64_t)from->journal_n + 1;
        f->at.ms = at;
        return 0;
    }
    struct text name = record_get_text(asked(f), "name");
    return err_set(&f->error, ERR_INPUT,
        "this flow has no step '%.*s' so far: usher history lists what it has", (int)name.len,
        name.data ? name.data : "");
}

static int cut(struct fork *f)
{
    struct text event = record_get_text(asked(f), "event");
    struct loaded_flow *flows;
    size_t n;
    f->flow = record_get_int(asked(f), "flow", 0);
    if (store_flow(f->life.store, f->flow, &flows, &n, &f->error)) return -1;
    int failed = n ? find_place(f, flows)
                   : err_set(&f->error, ERR_INPUT, "there is no flow %lld in %.*s", (long long)f->flow,
                         (int)event.len, event.data);
    store_flows_release(flows, n);
    return failed ? failed : store_cut(f->life.store, f->flow, (int32_t)f->from_n, &f->error);
}

// ---- its other life -------------------------------------------------------------------------------------

static int change_script(struct fork *f)
{
    struct text path = record_get_text(asked(f), "script");
    if (!path.len) return 0;
    static const char request[] = "{\"apply\": true, \"anyway\": true}";
    struct buf wanted, outline;
    char *z = mem_copy(path.data, path.len);
    buf_init(&wanted, 256);
    buf_init(&outline, SIZE_MAX / 2);
    record_from_json(text_of(request), &wanted, NULL);
    int failed = engine_reload(f->life.engine, record_get_text(asked(f), "event"), z,
        (struct record){(uint8_t *)wanted.data, wanted.len}, &outline, &f->error);
    buf_release(&wanted);
    buf_release(&outline);
    free(z);
    return failed;
}

static int live_again(struct fork *f)
{
    f->life.store = copy_open(&f->copy, &f->error);
    if (!f->life.store || cut(f)) return -1;
    struct text event = record_get_text(asked(f), "event");
    bool failed = rehearsal_open(&f->life, f->at) ||
                  engine_load_kept(f->life.engine, event, &f->life.error) || change_script(f) ||
                  rehearsal_run(&f->life, rehearsal_horizon(&f->life));
    if (failed && !f->error.code) f->error = f->life.error;
    return failed ? -1 : 0;
}

static void on_history(void *ctx, struct record reply, const struct err *error)
{
    struct fork *f = ctx;
    if (error) f->error = *error;
    else buf_add(&f->answer, reply.data, reply.len);
}

// As `usher history` has it: the sentences are made where they always are.
static int tell(struct fork *f)
{
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    buf_init(&request, 256);
    record_map_text(&map, "ask", TEXT("history"));
    record_map_int(&map, "flow", f->flow);
    record_map_int(&map, "after", f->from_n - 1);
    record_map_int(&map, "limit", 10000);
    record_map_end(&map, &request);
    engine_ask(f->life.engine, (struct record){(uint8_t *)request.data, request.len}, on_history, f);
    buf_release(&request);
    return virtual_settle(f->life.world, &f->error) || f->error.code ? -1 : 0;
}

static char *answer_json(const struct fork *f)
{
    struct record told = {(const uint8_t *)f->answer.data, f->answer.len};
    struct record_map map;
    struct buf answer, json;
    record_map_init(&map);
    buf_init(&answer, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    record_map_value(&map, "rows", record_get(told, "rows"));
    record_map_value(&map, "zone", record_get(told, "zone"));
    record_map_int(&map, "at", f->at.ms);
    record_map_end(&map, &answer);
    record_print_json((struct record){(uint8_t *)answer.data, answer.len}, &json);
    buf_release(&answer);
    return buf_take(&json, NULL);
}

int usher_fork(const struct usher_options *options, const char *request_json, char **answer, char **error)
{
    struct fork f = {.options = options, .copy = {.file = -1}};
    f.how = (struct usher_rehearsal){.no_pretending = 1, .config = options->config};
    f.life = (struct rehearsal){.options = &f.how};
    buf_init(&f.life.notices, SIZE_MAX / 2);
    buf_init(&f.request, 65536);
    buf_init(&f.answer, SIZE_MAX / 2);
    usher_set_library();
    log_set_level(LOG_ERROR);
    *answer = NULL;
    int failed = record_from_json(text_of(request_json), &f.request, &f.error) ||
                 installation_open(&f.life.installation, options->config, &f.error) ||
                 copy_take(&f.copy, options, installation_text(&f.life.installation, NULL, "database"),
                     &f.error) ||
                 live_again(&f) || tell(&f);
    if (!failed) *answer = answer_json(&f);
    if (error) *error = failed ? mem_copyz(f.error.text) : NULL;
    rehearsal_close(&f.life);
    installation_close(&f.life.installation);
    copy_drop(&f.copy);
    buf_release(&f.life.notices);
    buf_release(&f.request);
    buf_release(&f.answer);
    int code = err_exit_code(&f.error);
    return failed ? (code ? code : USHER_INPUT) : 0;
}
