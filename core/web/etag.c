// SPDX-License-Identifier: MIT
#include "web/etag.h"

#include "web/token.h"

#include <string.h>

bool etag_matches(struct text if_none_match, struct text etag)
{
    struct text item;
    if (!if_none_match.len) return false;
    if (text_is(token_trim(if_none_match), "*")) return true;
    while (token_next(&if_none_match, ',', &item)) { // a tag of ours holds no comma, so no quotes are cut
        if (item.len > 2 && memcmp(item.data, "W/", 2) == 0)
            item = (struct text){item.data + 2, item.len - 2};
        if (text_eq(item, etag)) return true;
    }
    return false;
}
