// SPDX-License-Identifier: MIT
// new: `usher new briefing NAME`, `usher new --like EVENT NAME`: the folder that an event begins with.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>

int command_new(const struct options *o)
{
    const char *const *words, *like = option(o, "like");
    char *said, *error;
    if (options_arguments(o, &words) != (like ? 1 : 2))
        return complain(USHER_USAGE,
            "usher new KIND NAME, as in: usher new briefing my-briefing; or usher new "
            "--like EVENT NAME");
    struct usher_new what = {.kind = like ? NULL : words[0],
        .name = words[like ? 0 : 1],
        .like = like,
        .zone = option(o, "zone"),
        .when = option(o, "when"),
        .with_guests = option(o, "with-guests") != NULL,
        .database = option(o, "database"),
        .config = config_path(o)};
    int code = usher_new(&what, &said, &error);
    if (code) complain(code, "%s", error);
    else fputs(said, stdout);
    usher_free(said);
    usher_free(error);
    return code;
}
