// SPDX-License-Identifier: MIT
// help: `usher help`, `usher help run`, `usher help usher.sleep`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

int command_help(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n == 0) {
        options_print_help(NULL);
        return 0;
    }
    char *nearest;
    char *said = usher_help(arguments[0], &nearest);
    int command = options_has_command(arguments[0]);
    if (command) options_print_help(arguments[0]);
    if (command && said) printf("\nIn a script:\n\n");
    if (said) printf("%s\n%s", arguments[0], said);
    else if (!command && nearest)
        complain(USHER_INPUT, "no word '%s' (did you mean '%s'?)", arguments[0], nearest);
    else if (!command)
        complain(USHER_INPUT, "no word '%s': `usher help` lists the commands, docs/reference.md the words",
            arguments[0]);
    int code = said || command ? 0 : USHER_INPUT;
    usher_free(said);
    usher_free(nearest);
    return code;
}
