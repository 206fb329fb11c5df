// SPDX-License-Identifier: MIT
// run: `usher run SCRIPT...`, the engine itself.
#include "cli/cli.h"
#include "cli/script.h"
#include "usher.h"

#include <stdlib.h>

static int load_all(struct usher *u, const char *const *scripts, int n)
{
    for (int i = 0; i < n; i++) {
        char *script = script_named(scripts[i]);
        int code = script ? usher_load(u, script) : USHER_USAGE;
        free(script);
        if (!script) return code;
        if (code) return complain(code, "%s", usher_error(u));
    }
    return 0;
}

int command_run(const struct options *o)
{
    const char *const *scripts;
    int n = options_arguments(o, &scripts);
    if (n == 0) return complain(USHER_USAGE, "which script? usher run SCRIPT...");
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
    if (!code) code = load_all(u, scripts, n);
    if (!code) code = usher_run(u);
    usher_close(u);
    return code;
}
