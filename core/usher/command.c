// SPDX-License-Identifier: MIT
// command: asks whichever process has the database; when none runs, opens the file for the time of one
// question.
// Such an engine begins nothing: no effect, no schedule, no flow. What a handler changes is kept.
#include "usher.h"

#include "base/log.h"
#include "engine/ask.h"
#include "usher/installation.h"
#include "usher/library.h"
#include "usher/place.h"
#include "world/control_client.h"
#include "world/live_now.h"
#include "world/outbox.h"
#include "world/virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
    const struct usher_options *options;
    struct installation installation;
    struct buf request, answer; // records
    struct virtual *world;
    struct store *store;
    struct engine *engine;
    bool answered;
    char machine[PLACE_TEXT_MAX], file[PLACE_TEXT_MAX];
    struct err error;
};

static void on_reply(void *ctx, struct record reply, const struct err *error)
{
    struct command *c = ctx;
    (void)error;
    c->answered = true;
    buf_add(&c->answer, reply.data, reply.len);
}

// Nothing leaves such an engine, so no secret is looked for: its script may stand in another folder.
static int no_secret(void *ctx, const char *name, struct buf *out, struct err *e)
{
    (void)ctx, (void)name, (void)out, (void)e;
    return 0;
}

// The address that links begin with. Practice had one without saying so, and its script may not do without.
static int find_base_url(struct command *c, const char **out)
{
    struct buf kept;
    buf_init(&kept, 64);
    int failed = store_setting(c->store, "practice", &kept, &c->error);
    *out = installation_base_url(&c->installation, kept.len ? INSTALLATION_PRACTICE_URL : NULL);
    buf_release(&kept);
    return failed;
}

// Practice is at home everywhere (usher.c).
static const char *find_machine(struct command *c, const char *database)
{
    struct buf kept;
    const char *id = installation_text(&c->installation, NULL, "machine_id");
    buf_init(&kept, 64);
    bool practice = store_setting(c->store, "practice", &kept, &c->error) || kept.len;
    buf_release(&kept);
    place_machine(id ? id : PLACE_MACHINE_ID, c->machine);
    place_file(database, c->file);
    return practice ? NULL : c->machine;
}

static int forget_files(void *self, const struct scrub *words, int64_t *n, struct err *e)
{
    struct command *c = self;
    const char *outbox = c->options->outbox ? c->options->outbox
                                            : installation_text(&c->installation, NULL, "outbox");
    return outbox_forget(outbox ? outbox : "outbox", words, n, e);
}

static int open_file(struct command *c, const char *database)
{
    if (access(database, F_OK)) {
        return err_set(&c->error, ERR_INPUT,
            "there is no database %s here: start `usher run` first, or say where it is with --database",
            database);
    }
    usher_set_library();
    log_set_level(LOG_ERROR); // the answer says what was done
    c->store = store_open(&(struct store_options){.path = database, .mode = STORE_INLINE}, &c->error);
    const char *base_url;
    if (!c->store || find_base_url(c, &base_url)) return -1;
    c->world = virtual_new(live_now());
    virtual_no_pretending(c->world);
    struct engine_options options = {.store = c->store,
        .world = virtual_world(c->world),
        .read_file = installation_read_file,
        .secret = no_secret,
        .forget_files = forget_files,
        .forget_ctx = c,
        .machine = find_machine(c, database),
        .file = c->file,
        .mail_from = installation_text(&c->installation, "mail", "from"),
        .base_url = base_url};
    c->engine = engine_new(&options, &c->error);
    if (!c->engine) return -1;
    virtual_attach(c->world, c->engine);
    engine_stop(c->engine);
    return engine_load_stored(c->engine, &c->error);
}

static int ask_file(struct command *c, const char *database)
{
    if (open_file(c, database)) return -1;
    engine_ask(c->engine, (struct record){(uint8_t *)c->request.data, c->request.len}, on_reply, c);
    while (!c->answered) engine_tick(c->engine);
    return 0;
}

static int ask(struct command *c, const char *request_json)
{
    char socket[1024];
    const char *database = c->options->database ? c->options->database
                                                : installation_text(&c->installation, NULL, "database");
    if (!database) database = "usher.db";
    snprintf(socket, sizeof socket, "%s.sock", database);
    if (record_from_json(text_of(request_json), &c->request, &c->error)) return -1;
    const char *control = c->options->control ? c->options->control
                                              : installation_text(&c->installation, NULL, "control");
    if (!control) control = socket;
    int failed = control_ask(control, (struct record){(uint8_t *)c->request.data, c->request.len}, &c->answer,
        &c->error);
    if (failed != -ERR_BUSY) return failed;
    c->error = (struct err){0};
    return ask_file(c, database);
}

int usher_command(const struct usher_options *options, const char *request_json, char **answer_json,
    char **error)
{
    struct command c = {.options = options};
    struct buf json;
    buf_init(&c.request, RECORD_LEN_MAX);
    buf_init(&c.answer, 256u << 20);
    buf_init(&json, 512u << 20);
    *answer_json = NULL;
    int failed = installation_open(&c.installation, options->config, &c.error);
    if (!failed) failed = ask(&c, request_json);
    struct record answer = {(uint8_t *)c.answer.data, c.answer.len};
    struct text said = record_get_text(answer, "error");
    if (!failed && said.len) failed = err_set(&c.error, ERR_INPUT, "%.*s", (int)said.len, said.data);
    if (!failed) {
        record_print_json(answer, &json);
        *answer_json = buf_take(&json, NULL);
    }
    engine_free(c.engine);
    if (c.store) store_close(c.store);
    virtual_free(c.world);
    installation_close(&c.installation);
    buf_release(&c.request);
    buf_release(&c.answer);
    buf_release(&json);
    if (error) *error = failed ? mem_copyz(c.error.text) : NULL;
    return failed ? err_exit_code(&c.error) : 0;
}
