// SPDX-License-Identifier: MIT
// absent: what stands in for this folder when usher is built without libzip, Expat and libxlsxwriter.
#include "sheet/sheet.h"

bool sheet_is_built_in(void)
{
    return false;
}

bool sheet_reads(void)
{
    return false;
}

bool sheet_writes(void)
{
    return false;
}

const char *sheet_refusal(struct text bytes)
{
    return NULL;
}

int sheet_read(struct text bytes, struct text wanted, struct buf *out, struct err *e)
{
    return err_set(e, ERR_USAGE,
        "this usher was built without the part that reads .xlsx files: save the list as CSV UTF-8");
}

int sheet_write(struct record sheets, struct buf *out, struct err *e)
{
    return err_set(e, ERR_USAGE,
        "this usher was built without the part that writes .xlsx files: take the CSV");
}
