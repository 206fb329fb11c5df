// SPDX-License-Identifier: MIT
// certificate_fuzz: what guests and organisers can put onto a certificate: any text as the name and the other
// lines, any bytes as a logo, any record at all. It is drawn, or refused in words; and drawn twice it is the
// same page.
#include "pdf/certificate.h"
#include "pdf/picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DRAWN_LEN_MAX 600 // of the input, as a name: more is refused before anything is drawn

static void draw_twice(struct record said)
{
    struct buf one, two;
    struct err e = {0}, again = {0};
    buf_init(&one, CERTIFICATE_LEN_MAX);
    buf_init(&two, CERTIFICATE_LEN_MAX);
    int failed = certificate_draw(said, &one, &e);
    assert(certificate_draw(said, &two, &again) == failed);
    if (failed) assert(e.text[0] && one.len == 0 && strcmp(e.text, again.text) == 0);
    else assert(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    buf_release(&one);
    buf_release(&two);
}

static void as_text(struct text t)
{
    struct record_map map;
    struct buf said;
    static const char *const fields[] = {"name", "title", "text", "what", "check"};
    record_map_init(&map);
    buf_init(&said, RECORD_LEN_MAX);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) record_map_text(&map, fields[i], t);
    record_map_end(&map, &said);
    draw_twice((struct record){(uint8_t *)said.data, said.len});
    buf_release(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text t = {(const char *)data, len};
    struct record r = {data, len};
    unsigned width, height;
    picture_check(t, &width, &height, NULL);
    if (len <= DRAWN_LEN_MAX) as_text(t);
    if (record_check(r, NULL) == 0) draw_twice(r);
    return 0;
}
