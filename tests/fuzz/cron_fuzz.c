// SPDX-License-Identifier: MIT
// Any bytes as a cron expression and as words for `every`: refused with a sentence, or firings ascend.
#include "time/cron.h"

#include <stdlib.h>
#include <string.h>

static void fire(const struct cron *cron, const char *zone, struct instant after)
{
    struct err e = {0};
    const struct zone *z = zone_find(text_of(zone), &e);
    if (!z) abort();
    for (int i = 0; i < 20; i++) {
        struct instant next;
        if (cron_next(cron, z, after, &next, &e)) {
            if (!e.text[0]) abort();
            return;
        }
        if (!instant_before(after, next)) abort();
        after = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *exact = malloc(len ? len : 1);
    if (len) memcpy(exact, data, len);
    struct text t = {exact, len};
    struct cron cron;
    struct err e = {0};
    if (cron_parse(t, &cron, &e) == 0) {
        fire(&cron, "America/New_York", (struct instant){1804999000000}); // the night before a gap
        fire(&cron, "Australia/Lord_Howe", (struct instant){1775311200000});
    } else if (!e.text[0]) {
        abort();
    }
    if (every_parse(t, &cron, &e) == 0) fire(&cron, "Asia/Thimphu", (struct instant){0});
    free(exact);
    return 0;
}
