// SPDX-License-Identifier: MIT
// script: which script is meant when a folder is named, or nothing.
#pragma once

#include "cli/options.h"

// The script of the command's only argument. A folder means the only script in it; nothing means this folder,
// or, when it holds no script, the only folder in it that does. NULL after complaining; the caller frees it.
char *script_argument(const struct options *o);
// The same for commands that take several: a list that ends with NULL, freed by the other function.
char **script_arguments(const struct options *o);
void script_arguments_free(char **list); // NULL is fine
