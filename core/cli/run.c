// SPDX-License-Identifier: MIT
// run: `usher run SCRIPT...`, the engine itself.
#include "cli/cli.h"
#include "cli/script.h"
#include "usher.h"

static int load_all(struct usher *u, char *const *scripts)
{
    for (; *scripts; scripts++) {
        int code = usher_load(u, *scripts);
        if (code) return complain(code, "%s", usher_error(u));
    }
    return 0;
}

int command_run(const struct options *o)
{
    const char *const *words;
    if (!options_arguments(o, &words)) return complain(USHER_USAGE, "which script? usher run SCRIPT...");
    char **scripts = script_arguments(o);
    if (!scripts) return USHER_USAGE;
    struct usher_options options = {.database = option(o, "database"),
        .config = config_path(o),
        .as_if = option(o, "as-if"),
        .outbox = option(o, "outbox"),
        .only = option(o, "only"),
        .program = "/proc/self/exe", // of the child: also when the file was replaced since
        .watch = option(o, "watch") != NULL,
        .verbose = option(o, "verbose") ? 1
                   : option(o, "quiet") ? -1
                                        : 0};
    struct usher *u = usher_open(&options);
    int code = usher_failed(u);
    if (code) complain(code, "%s", usher_error(u));
    if (!code) code = load_all(u, scripts);
    if (!code) code = usher_run(u);
    usher_close(u);
    script_arguments_free(scripts);
    return code;
}
