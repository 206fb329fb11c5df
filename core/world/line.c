// SPDX-License-Identifier: MIT
#include "world/line.h"

#include <string.h>

bool line_take(struct buf *in, struct buf *line)
{
    const char *lf = in->len ? memchr(in->data, '\n', in->len) : NULL;
    if (!lf) return false;
    size_t len = (size_t)(lf - in->data), used = len + 1;
    if (len && in->data[len - 1] == '\r') len--;
    buf_clear(line);
    buf_add(line, in->data, len);
    in->len -= used;
    memmove(in->data, in->data + used, in->len + 1); // the NUL too
    return true;
}

int line_read(struct text line, struct buf *record, struct err *e)
{
    buf_clear(record);
    if (record_from_json(line, record, e)) return err_in(e, "a request on the control socket");
    struct record r = {(const uint8_t *)record->data, record->len};
    if (record_kind(r) != RECORD_MAP)
        return err_set(e, ERR_INPUT, "a request on the control socket must be one JSON object in one line");
    return 0;
}

void line_write(struct record r, struct buf *out)
{
    record_print_json(r, out);
    buf_addc(out, '\n');
}
