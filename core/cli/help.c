// SPDX-License-Identifier: MIT
// help: `usher help`, `usher help run`, `usher help usher.sleep`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

static bool is_command(const char *word)
{
#define X(name, arguments, sentence) \
    if (strcmp(word, name) == 0) return true;
    COMMANDS(X)
#undef X
    return false;
}

int command_help(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n == 0 || is_command(arguments[0])) {
        options_print_help(n ? arguments[0] : NULL);
        return 0;
    }
    char *nearest;
    char *said = usher_help(arguments[0], &nearest);
    if (said) printf("%s\n%s", arguments[0], said);
    else if (nearest) complain(USHER_INPUT, "no word '%s' (did you mean '%s'?)", arguments[0], nearest);
    else
        complain(USHER_INPUT, "no word '%s': `usher help` lists the commands, docs/reference.md the words",
            arguments[0]);
    int code = said ? 0 : USHER_INPUT;
    usher_free(said);
    usher_free(nearest);
    return code;
}
