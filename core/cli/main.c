// SPDX-License-Identifier: MIT
// main: which command is it?
#include "cli/cli.h"
#include "usher.h"

#include "time/zone.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int complain(int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("usher: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    return code;
}

const char *only_argument(const struct options *o, const char *what)
{
    const char *const *arguments;
    if (options_arguments(o, &arguments) == 1) return arguments[0];
    complain(USHER_USAGE, "usher %s takes %s", options_command(o), what);
    return NULL;
}

const char *config_path(const struct options *o)
{
    const char *path = option(o, "config");
    if (path) return path;
    return access("usher.conf.lua", F_OK) == 0 ? "usher.conf.lua" : NULL;
}

int ask_usher(const struct options *o, struct record request, struct buf *out)
{
    struct buf json;
    char *answer, *error;
    buf_init(&json, RECORD_LEN_MAX);
    buf_init(out, 512u << 20);
    record_print_json(request, &json);
    struct usher_options options = {.database = option(o, "database"), .config = config_path(o)};
    int code = usher_command(&options, buf_z(&json), &answer, &error);
    buf_release(&json);
    if (code) {
        complain(code, "%s", error);
        usher_free(error);
        return code;
    }
    record_from_json(text_of(answer), out, NULL);
    usher_free(answer);
    return 0;
}

bool print_json(const struct options *o, struct record answer)
{
    if (!option(o, "json")) return false;
    struct buf json;
    buf_init(&json, 512u << 20);
    record_print_json(answer, &json);
    puts(buf_z(&json));
    buf_release(&json);
    return true;
}

struct shown show_time(struct record answer, int64_t ms)
{
    struct shown s = {""};
    const struct zone *zone = zone_find(record_get_text(answer, "zone"), NULL);
    if (!ms || !zone) return s;
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct wall w = zone_local(zone, (struct instant){ms}).wall;
    char date[WALL_TEXT_MAX], clock[WALL_TEXT_MAX];
    snprintf(s.text, sizeof s.text, "%s %s %s", days[day_weekday(wall_day(w))],
        date_print_long(wall_day(w), date), clock_print(wall_clock(w), clock));
    return s;
}

static int command_version(const struct options *o)
{
    (void)o;
    printf("usher %s\n", usher_version());
    return 0;
}

// clang-format off
static const struct {
    const char *name;
    int (*run)(const struct options *o);
} commands[] = {
    {"new", command_new},
    {"run", command_run},
    {"rehearse", command_rehearse},
    {"check", command_check},
    {"outbox", command_outbox},
    {"approve", command_approve},
    {"disapprove", command_disapprove},
    {"test-mail", command_test_mail},
    {"plan", command_plan},
    {"reload", command_reload},
    {"cancel", command_cancel},
    {"flows", command_flows},
    {"history", command_history},
    {"why", command_why},
    {"fork", command_fork},
    {"retry", command_retry},
    {"resend", command_resend},
    {"who", command_who},
    {"answer", command_answer},
    {"deputy", command_deputy},
    {"hand-over", command_hand_over},
    {"attendance", command_attendance},
    {"attended", command_attended},
    {"certificate", command_certificate},
    {"invite-now", command_invite_now},
    {"ics", command_ics},
    {"unsure", command_unsure},
    {"import", command_import},
    {"next", command_next},
    {"log", command_log},
    {"hold", command_hold},
    {"release", command_release},
    {"adopt", command_adopt},
    {"login", command_login},
    {"suppressed", command_suppressed},
    {"report", command_report},
    {"export-person", command_export_person},
    {"forget", command_forget},
    {"help", command_help},
    {"selftest", command_selftest},
    {"version", command_version},
};
// clang-format on

static int run_command(const struct options *o)
{
    const char *name = options_command(o);
    if (option(o, "help") || !name) {
        options_print_help(name);
        return name || option(o, "help") ? 0 : USHER_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) == 0) return commands[i].run(o);
    }
    return complain(USHER_USAGE, "the command '%s' is in the table of options and has no code", name);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C"); // comparing texts and printing numbers must not depend on where usher runs
    struct options *o = options_parse(argc, argv);
    if (!o) return USHER_USAGE;
    int code = run_command(o);
    options_free(o);
    return code;
}
