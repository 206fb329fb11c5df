// SPDX-License-Identifier: MIT
#include "pdf/qr.h"

#include <qrencode.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define QR_LIBRARY "libqrencode.so.4"

static __typeof__(&QRcode_encodeData) encode_data;
static __typeof__(&QRcode_free) free_code;

static void open_library(void)
{
    void *library = dlopen(QR_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    free_code = (__typeof__(&QRcode_free))dlsym(library, "QRcode_free");
    if (free_code) encode_data = (__typeof__(&QRcode_encodeData))dlsym(library, "QRcode_encodeData");
}

bool qr_is_built_in(void)
{
    return true;
}

int qr_make(struct text text, struct qr *out, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    if (!encode_data) return err_set(e, ERR_USAGE, "QR codes need libqrencode: install libqrencode4");
    if (text.len == 0 || text.len > QR_TEXT_MAX)
        return err_set(e, ERR_LIMIT, "a QR code holds from 1 to %d bytes, not %zu", QR_TEXT_MAX, text.len);
    // Level M: 15 % of it may be stained. Always as bytes, so that the same text is the same picture whatever
    // modes a version of the library would mix.
    QRcode *code = encode_data((int)text.len, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    if (!code) return err_set(e, ERR_LIMIT, "the QR code can't be made of %zu bytes", text.len);
    size_t n = (size_t)code->width * (size_t)code->width;
    out->side = code->width;
    out->modules = mem_alloc(n);
    for (size_t i = 0; i < n; i++) out->modules[i] = code->data[i] & 1;
    free_code(code);
    return 0;
}

void qr_release(struct qr *q)
{
    free(q->modules);
    *q = (struct qr){0};
}

void qr_path(const struct qr *q, struct buf *out)
{
    for (int y = 0; y < q->side; y++) {
        const unsigned char *row = q->modules + (size_t)y * (size_t)q->side;
        for (int x = 0, end; x < q->side; x = end + 1) {
            for (end = x; end < q->side && row[end]; end++) continue;
            if (end > x) buf_addf(out, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, end - x, end - x);
        }
    }
}
