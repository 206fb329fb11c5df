// SPDX-License-Identifier: MIT
// qr_absent: what stands in for qr.c when usher is built without libqrencode.
#include "pdf/qr.h"

bool qr_is_built_in(void)
{
    return false;
}

int qr_make(struct text text, struct qr *out, struct err *e)
{
    return err_set(e, ERR_USAGE, "this usher was built without libqrencode, so it makes no QR codes");
}

void qr_release(struct qr *q)
{
    *q = (struct qr){0};
}

void qr_path(const struct qr *q, struct buf *out)
{
}
