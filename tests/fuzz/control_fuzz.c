// SPDX-License-Identifier: MIT
// control_fuzz: whatever comes in on the control socket, in pieces whose size the first byte chooses: every
// line is refused with a sentence or is a sound record that goes out again as one line.
#include "world/line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(struct text line)
{
    struct buf record, out;
    struct err e = {0};
    buf_init(&record, RECORD_LEN_MAX);
    buf_init(&out, 8 * LINE_MAX_LEN);
    int code = line_read(line, &record, &e);
    if (code && !e.text[0]) abort();
    if (!code) {
        struct record r = {(const uint8_t *)record.data, record.len};
        if (record_check(r, &e)) abort();
        line_write(r, &out);
        if (out.over || memchr(out.data, '\n', out.len) != out.data + out.len - 1) abort();
    }
    buf_release(&record);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    struct buf in, line;
    size_t piece = 1 + data[0] % 64;
    buf_init(&in, 2048);
    buf_init(&line, 1024);
    for (data++, size--; size && !in.over;) {
        size_t n = size < piece ? size : piece;
        buf_add(&in, data, n);
        while (line_take(&in, &line)) check_line(buf_text(&line));
        data += n;
        size -= n;
    }
    buf_release(&in);
    buf_release(&line);
    return 0;
}
