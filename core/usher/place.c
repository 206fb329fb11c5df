// SPDX-License-Identifier: MIT
#include "usher/place.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define UNKNOWN "unknown"

void place_machine(const char *path, char out[PLACE_TEXT_MAX])
{
    char id[64] = "";
    FILE *file = fopen(path, "re");
    snprintf(out, PLACE_TEXT_MAX, UNKNOWN);
    if (!file) return;
    bool read = fgets(id, sizeof id, file) != NULL;
    fclose(file);
    id[strcspn(id, "\n")] = 0;
    if (!read || !*id || strcmp(id, "uninitialized") == 0) return;
    // The id itself must not be shown to others (machine-id(5)), and databases are copied about.
    hash_hex(hash_derive(TEXT("usher: home of a database"), text_of(id)), out);
}

void place_file(const char *path, char out[PLACE_TEXT_MAX])
{
    struct statx st;
    snprintf(out, PLACE_TEXT_MAX, UNKNOWN);
    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &st)) return;
    int n = snprintf(out, PLACE_TEXT_MAX, "%llu", (unsigned long long)st.stx_ino);
    if (st.stx_mask & STATX_BTIME)
        snprintf(out + n, PLACE_TEXT_MAX - (size_t)n, " %lld.%09u", (long long)st.stx_btime.tv_sec,
            st.stx_btime.tv_nsec);
}
