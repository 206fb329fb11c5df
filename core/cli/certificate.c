// SPDX-License-Identifier: MIT
// certificate: `usher certificate NAME`: the codes of what somebody has, and withdrawing it.
#include "cli/cli.h"
#include "usher.h"

int command_certificate(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    bool revoke = option(o, "revoke") != NULL, restore = option(o, "restore") != NULL;
    if (n != 1 || (revoke && restore))
        return complain(USHER_USAGE, "usher certificate NAME, with --revoke or --restore");
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "person", text_of(arguments[0]));
    record_map_bool(&with, "revoke", revoke);
    record_map_bool(&with, "restore", restore);
    return call_and_say(o, NULL, "certificate", &with);
}
