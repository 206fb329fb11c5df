// SPDX-License-Identifier: MIT
// certificate_draw [PICTURE.png...]: draws the certificate that stands on its input as JSON, as
// pdf/certificate.h describes it, and writes the PDF to its output. The n-th picture is what {"logo": "@n"}
// and {"signature": "@n"} mean.
#include "pdf/certificate.h"
#include "pdf/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1u << 20)

static void read_all(FILE *in, struct buf *out)
{
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;) buf_add(out, piece, n);
}

static _Noreturn void give_up(const struct err *e)
{
    fprintf(stderr, "%s: %s\n", err_code_name(e->code), e->text);
    exit(1);
}

// "@1" in the JSON becomes the hash of the first picture.
static void put_hash(struct buf *json, int number, const char *hash)
{
    struct buf out;
    char mark[16];
    snprintf(mark, sizeof mark, "\"@%d\"", number);
    buf_init(&out, INPUT_MAX);
    const char *at = buf_z(json), *found;
    for (; (found = strstr(at, mark)); at = found + strlen(mark)) {
        buf_add(&out, at, (size_t)(found - at));
        buf_addf(&out, "\"%s\"", hash);
    }
    buf_addz(&out, at);
    buf_release(json);
    *json = out;
}

static void keep(const char *path, int number, struct buf *json)
{
    struct buf png;
    struct err e = {0};
    char hash[2 * HASH_LEN + 1];
    FILE *in = fopen(path, "rb");
    if (!in) err_set(&e, ERR_INPUT, "there is no %s", path), give_up(&e);
    buf_init(&png, 2 * PICTURE_LEN_MAX);
    read_all(in, &png);
    fclose(in);
    if (picture_keep(buf_text(&png), hash, &e)) give_up(&e);
    put_hash(json, number, hash);
    buf_release(&png);
}

int main(int argc, char **argv)
{
    struct buf json, record, pdf;
    struct err e = {0};
    buf_init(&json, INPUT_MAX);
    buf_init(&record, INPUT_MAX);
    buf_init(&pdf, CERTIFICATE_LEN_MAX);
    read_all(stdin, &json);
    for (int i = 1; i < argc; i++) keep(argv[i], i, &json);
    if (record_from_json(buf_text(&json), &record, &e)) give_up(&e);
    if (certificate_draw((struct record){(uint8_t *)record.data, record.len}, &pdf, &e)) give_up(&e);
    fwrite(pdf.data, 1, pdf.len, stdout);
    buf_release(&json);
    buf_release(&record);
    buf_release(&pdf);
    return 0;
}
