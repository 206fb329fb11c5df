// SPDX-License-Identifier: MIT
// incoming_absent: what stands in for incoming.c when usher is built without GMime (-DUSHER_GMIME=OFF).
#include "mail/incoming.h"

bool incoming_is_built_in(void)
{
    return false;
}

int incoming_read(struct text bytes, bool more, struct buf *out, struct err *e)
{
    return err_set(e, ERR_USAGE, "this usher was built without the part that reads mail");
}
