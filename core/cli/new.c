// SPDX-License-Identifier: MIT
// new: `usher new briefing NAME`: the folder that an event begins with.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>

int command_new(const struct options *o)
{
    const char *const *words;
    char *said, *error;
    if (options_arguments(o, &words) != 2)
        return complain(USHER_USAGE, "usher new KIND NAME, as in: usher new briefing my-briefing");
    struct usher_new what = {.kind = words[0],
        .name = words[1],
        .zone = option(o, "zone"),
        .when = option(o, "when")};
    int code = usher_new(&what, &said, &error);
    if (code) complain(code, "%s", error);
    else fputs(said, stdout);
    usher_free(said);
    usher_free(error);
    return code;
}
