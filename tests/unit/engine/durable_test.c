// SPDX-License-Identifier: MIT
// No byte leaves before the rows that it depends on are in the files: looked at from outside, at that moment.
#include "engine_rig.h"

#include <sys/wait.h>
#include <unistd.h>

// ---- what another process would find in the files just now ------------------------------------------------

// By another process: closing a descriptor of the database in this one would drop SQLite's locks.
static void copy_file(const char *from, const char *to)
{
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/cp", "cp", from, to, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

// The answer to a list, from a copy of the files as they are.
static const char *list_on_disk(struct rig *r, const char *what)
{
    struct rig look = {.memory = r->memory};
    char wal[160], copy[160], copy_wal[200];
    struct err e = {0};
    snprintf(wal, sizeof wal, "%s-wal", r->path);
    snprintf(copy, sizeof copy, "%s/copy.db", r->dir);
    snprintf(copy_wal, sizeof copy_wal, "%s-wal", copy);
    copy_file(r->path, copy);
    copy_file(wal, copy_wal);
    look.store = store_open(&(struct store_options){.path = copy, .mode = STORE_INLINE}, &e);
    if (!look.store) fail_msg("%s", e.text);
    const char *text = rig_list(&look, what, strcmp(what, "history") == 0 ? "{\"flow\":1}" : "{}");
    store_close(look.store);
    r->memory = look.memory;
    unlink(copy);
    unlink(copy_wal);
    return text;
}

// ---- an effect --------------------------------------------------------------------------------------------

struct witness {
    struct rig *rig;
    int before, looks, found;
};
static struct witness witness;

static bool is_on_disk(void)
{
    return strstr(list_on_disk(witness.rig, "history"), "\"state\":\"started\"") != NULL;
}

static void on_asked(struct rig *r)
{
    (void)r;
    witness.before += is_on_disk();
}

static enum outcome on_mail(void *ctx, const struct rig_effect *effect, const char **note, const char **value)
{
    (void)ctx, (void)effect, (void)note, (void)value;
    witness.looks++;
    witness.found += is_on_disk();
    return OUTCOME_OK;
}

static const char mails[] = //
    "usher.flow('f', function()\n"
    "  usher.mail { 'one', to = 'a@x.example', subject = 's', text = 't' }\n"
    "end)\n"
    "usher.start('f', { key = 'P1' })\n"
    "usher.on('take', function(r) usher.book('seats'):set('a', 1) usher.start('f', { key = 'P2' }) return "
    "'taken' end)\n";

static void begin_on_disk(struct rig *r)
{
    r->on_disk = true;
    rig_write(r, "test.lua", mails);
    rig_begin(r);
}

static void a_mail_leaves_when_its_row_is_in_the_files_however_slow_the_disk(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    witness = (struct witness){.rig = r};
    r->peer = on_mail;
    r->threaded = true;
    begin_on_disk(r);
    store_set_fault(r->store, STORE_FAULT_SLOW, 0); // each fsync takes 200 ms longer
    rig_run(r);
    assert_int_equal(witness.looks, 1);
    assert_int_equal(witness.found, 1);
    assert_text(rig_state(r, "f", "P1"), "done");
    rig_end(r);
}

// The same look, made just before the row is written, finds nothing: it would see a mail that left too early.
static void the_look_from_outside_can_tell(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    witness = (struct witness){.rig = r};
    r->peer = on_mail;
    r->asked = on_asked;
    begin_on_disk(r);
    rig_run(r);
    assert_int_equal(witness.before, 0);
    assert_int_equal(witness.found, 1);
    rig_end(r);
}

// ---- an answer --------------------------------------------------------------------------------------------

static void on_reply(void *ctx, struct record reply, const struct err *error)
{
    (void)reply;
    assert_null(error);
    const char **found = ctx;
    *found = list_on_disk(witness.rig, "flows");
}

static void an_answer_leaves_when_what_it_says_is_in_the_files(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    const char *found = "";
    witness = (struct witness){.rig = r};
    r->threaded = true;
    begin_on_disk(r);
    store_set_fault(r->store, STORE_FAULT_SLOW, 0);
    rig_run(r);
    engine_call(r->engine, (struct text){0}, TEXT("take"), (struct record){0}, on_reply, &found);
    assert_text(found, ""); // not inside the call
    rig_run(r);
    assert_holds_words(found, "\"key\":\"P2\"");
    rig_end(r);
}

static void a_flow_begins_when_its_row_is_in_the_files(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->threaded = true;
    begin_on_disk(r);
    store_set_fault(r->store, STORE_FAULT_SLOW, 0);
    engine_tick(r->engine); // hands the start to the disk
    assert_int_equal(r->engine->warm_n, 0);
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_leaves_when_its_row_is_in_the_files_however_slow_the_disk),
        cmocka_unit_test(the_look_from_outside_can_tell),
        cmocka_unit_test(an_answer_leaves_when_what_it_says_is_in_the_files),
        cmocka_unit_test(a_flow_begins_when_its_row_is_in_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
