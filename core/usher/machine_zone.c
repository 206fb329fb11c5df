// SPDX-License-Identifier: MIT
#include "usher/machine_zone.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LOCALTIME "/etc/localtime" // localtime(5): a link to a file of the zone database
#define ZONEINFO "/zoneinfo/"

static const struct zone *zone_at(const char *path)
{
    char whole[PATH_MAX];
    const char *name = realpath(path, whole) ? strstr(whole, ZONEINFO) : NULL;
    return name ? zone_find(text_of(name + strlen(ZONEINFO)), NULL) : NULL;
}

const struct zone *machine_zone(void)
{
    const char *said = getenv(
        "TZ"); // environ(7): ":Asia/Thimphu", "Asia/Thimphu", or rules that have no name
    const struct zone *zone = NULL;
    if (said && *said) zone = zone_find(text_of(said + (*said == ':')), NULL);
    if (!zone) zone = zone_at(LOCALTIME);
    return zone ? zone : zone_find(TEXT("UTC"), NULL);
}
