// SPDX-License-Identifier: MIT
// certificate_absent: what stands in for certificate.c when usher is built without Pango (-DUSHER_PDF=OFF).
#include "pdf/certificate.h"

bool certificate_is_built_in(void)
{
    return false;
}

int certificate_draw(struct record certificate, struct buf *out, struct err *e)
{
    return err_set(e, ERR_USAGE,
        "this usher was built without the part that draws certificates: build it with -DUSHER_PDF=ON");
}
