// SPDX-License-Identifier: MIT
// edited OLD.lua NEW.lua FROM AT GUESTS [EDITION]: plays OLD in virtual time from FROM with pretended guests
// until AT (both in milliseconds since 1970), makes the plan for NEW there, lets it take OLD's place, and
// plays on with nobody doing anything. EDITION: what is answered when the event moves (new, same). Prints
// JSON: { "needs", "planned": what the plan says that leaves, "sent": what then left }.
#include "usher.h"

#include "engine/chunks.h"
#include "engine/reload.h"
#include "engine/script.h"
#include "usher/guests.h"
#include "usher/library.h"
#include "usher/rehearsal.h"
#include "world/live_now.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "edited: %s: %s\n", what, why);
    exit(1);
}

static void play_until(struct rehearsal *r, const char *script, struct instant from, struct instant at)
{
    r->store = store_open(&(struct store_options){.path = ":memory:", .mode = STORE_INLINE}, &r->error);
    if (!r->store || rehearsal_open(r, from) || engine_load(r->engine, script, &r->error) ||
        rehearsal_run(r, at))
        give_up(script, r->error.text);
    virtual_set_now(r->world, at);
    engine_keep_setting(r->engine, "practice", at.ms - live_now().ms); // the plan stands at that time
    if (engine_flush(r->engine, &r->error)) give_up(script, r->error.text);
}

static void copy_to(struct rehearsal *r, const char *path)
{
    store_backup(r->store, path);
    if (engine_flush(r->engine, &r->error)) give_up(path, r->error.text);
}

static int64_t edit(struct rehearsal *r, const char *script, const char *request)
{
    struct buf asked, outline;
    buf_init(&asked, 4096);
    buf_init(&outline, SIZE_MAX / 2);
    record_from_json(text_of(request), &asked, NULL);
    struct record with = {(uint8_t *)asked.data, asked.len};
    if (engine_reload(r->engine, (struct text){0}, script, with, &outline, &r->error))
        give_up(script, r->error.text);
    int64_t needs = record_get_int((struct record){(uint8_t *)outline.data, outline.len}, "needs", 0);
    buf_release(&asked);
    buf_release(&outline);
    return needs;
}

static void print_list(const char *name, struct record list)
{
    struct buf json;
    buf_init(&json, SIZE_MAX / 2);
    record_print_json(list, &json);
    printf("\"%s\":%s", name, buf_z(&json));
    buf_release(&json);
}

int main(int argc, char **argv)
{
    if (argc != 6 && argc != 7) give_up("usage", "edited OLD.lua NEW.lua FROM AT GUESTS [EDITION]");
    struct instant from = {atoll(argv[3])}, at = {atoll(argv[4])};
    struct usher_rehearsal how = {.want_saved = 1, .guests = argv[5]};
    struct rehearsal r = {.script = argv[1], .options = &how, .approved = true};
    char path[64], request[128], *answer, *error;
    struct buf plan, effects;
    snprintf(path, sizeof path, "/tmp/usher-edited-%ld.db", (long)getpid());
    snprintf(request, sizeof request, "{\"apply\": true, \"list\": true, \"answers\": {\"edition\": %s%s%s}}",
        argc == 7 ? "\"" : "", argc == 7 ? argv[6] : "null", argc == 7 ? "\"" : "");
    usher_set_library();
    chunks_keep();
    buf_init(&r.notices, SIZE_MAX / 2);
    buf_init(&r.guests, 65536);
    buf_init(&plan, SIZE_MAX / 2);
    buf_init(&effects, SIZE_MAX / 2);
    if (guests_parse(text_of(argv[5]), &r.guests, &r.error)) give_up(argv[5], r.error.text);
    play_until(&r, argv[1], from, at);
    copy_to(&r, path);
    struct usher_options options = {.database = path, .control = path};
    if (usher_plan(&options, argv[2], request, &answer, &error)) give_up(argv[2], error);
    record_from_json(text_of(answer), &plan, NULL);
    struct record planned = {(uint8_t *)plan.data, plan.len};
    virtual_forget_history(r.world);
    buf_clear(&r.notices);
    r.notices_n = 0;
    virtual_no_pretending(r.world);
    int64_t needs = edit(&r, argv[2], request);
    if (rehearsal_run(&r, rehearsal_horizon(&r))) give_up(argv[2], r.error.text);
    rehearsal_effects(&r, &effects);
    printf("{\"needs\":%lld,", (long long)needs);
    print_list("planned", record_get(planned, "after"));
    putchar(',');
    print_list("sent", (struct record){(uint8_t *)effects.data, effects.len});
    puts("}");
    unlink(path);
    usher_free(answer);
    buf_release(&plan);
    buf_release(&effects);
    buf_release(&r.guests);
    buf_release(&r.notices);
    rehearsal_close(&r);
    return 0;
}
