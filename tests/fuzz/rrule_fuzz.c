// SPDX-License-Identifier: MIT
// Any bytes as a recurrence rule: refused with a sentence, or its dates ascend and end in time.
#include "time/recur.h"

#include <stdlib.h>
#include <string.h>

#define DATES 40

static void expand(const struct recur *rule, const char *zone, struct wall starts)
{
    struct err e = {0};
    struct moment *list = malloc(DATES * sizeof *list);
    struct recur_series series = {.rule = rule, .zone = zone_find(text_of(zone), &e), .starts = starts};
    if (!series.zone) abort();
    int n = recur_list(&series, list, DATES, &e);
    if (n < 0 && !e.text[0]) abort();
    for (int i = 1; i < n; i++)
        if (!instant_before(list[i - 1].at, list[i].at)) abort();
    free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *exact = malloc(len ? len : 1);
    if (len) memcpy(exact, data, len);
    struct recur rule;
    struct err e = {0};
    if (recur_parse((struct text){exact, len}, &rule, &e) == 0) {
        expand(&rule, "UTC", wall_at(18683, 50400));
        expand(&rule, "America/New_York", wall_at(20891, 9000)); // 2027-03-14 02:30, in a gap
    } else if (!e.code || !e.text[0]) {
        abort();
    }
    free(exact);
    return 0;
}
