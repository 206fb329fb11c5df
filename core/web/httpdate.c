// SPDX-License-Identifier: MIT
#include "web/httpdate.h"

#include "time/wall.h"

#include <stdio.h>

void httpdate_print(struct instant at, char out[HTTPDATE_LEN + 1])
{
    struct wall wall = {floor_div(at.ms, SECOND_MS)};
    struct civil c = wall_civil(wall);
    snprintf(out, HTTPDATE_LEN + 1, "%s, %02d %s %04d %02d:%02d:%02d GMT",
        weekday_short(day_weekday(wall_day(wall))), c.day, month_short(c.month), (int)c.year, c.hour,
        c.minute, c.second);
}
