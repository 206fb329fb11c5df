// SPDX-License-Identifier: MIT
// Any bytes as a zone file: refused with a sentence, or every instant has an offset within the limits.
#include "time/tzif.h"

#include <stdlib.h>
#include <string.h>

// Walks over the changes around an instant: stretches must meet, and none may be empty.
static void walk(const struct tzif *z, int64_t at)
{
    for (int i = 0; i < 8; i++) {
        struct tz_period p = tzif_period(z, at);
        if (p.begin > at || p.end <= at) abort();
        if (p.type->offset < z->offset_least || p.type->offset > z->offset_most) abort();
        if (p.end == INT64_MAX) return;
        at = p.end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int64_t instants[] = {INT64_MIN / 1000, -2000000000, 0, 1614240000, 4102444800,
        INT64_MAX / 1000};
    char *exact = malloc(len ? len : 1); // so that one byte too far is seen
    if (len) memcpy(exact, data, len);
    struct tzif z;
    struct err e = {0};
    if (tzif_read((struct text){exact, len}, &z, &e) == 0) {
        for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) walk(&z, instants[i]);
        tzif_release(&z);
    } else if (!e.code || !e.text[0]) {
        abort();
    }
    free(exact);
    return 0;
}
