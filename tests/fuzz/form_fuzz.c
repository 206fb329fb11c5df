// SPDX-License-Identifier: MIT
// form_fuzz: the first line is a Content-Type, the rest a body. What is accepted has limits and is text; and
// when its fields are written as a browser writes them, reading that gives the same fields.
#include "base/record.h"
#include "base/utf8.h"
#include "web/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) abort();
}

static void check_form(const struct form *f)
{
    check(f->fields.n <= FIELDS_MAX && f->files_n <= FORM_FILES_MAX);
    for (size_t i = 0; i < f->fields.n; i++) {
        const struct field *field = &f->fields.list[i];
        check(field->name.len > 0 && field->name.len <= FIELDS_NAME_MAX && utf8_valid(field->name));
        check(utf8_valid(field->value) &&
              !(field->value.len && memchr(field->value.data, 0, field->value.len)));
    }
    for (size_t i = 0; i < f->files_n; i++) {
        const struct form_file *file = &f->files[i];
        check(file->name.len <= FORM_FILE_NAME_MAX && utf8_valid(file->name) && utf8_valid(file->type));
        check(file->field.len > 0 && utf8_valid(file->field));
        for (size_t k = 0; k < file->name.len; k++) check(!strchr("/\\\r\n", file->name.data[k]));
    }
}

static void encode(struct text t, struct buf *out)
{
    for (size_t i = 0; i < t.len; i++) buf_addf(out, "%%%02X", (unsigned char)t.data[i]);
}

static void check_again(const struct form *f)
{
    static struct form again;
    struct refusal r;
    struct buf body, first, second;
    buf_init(&body, 1 << 20);
    buf_init(&first, 1 << 20);
    buf_init(&second, 1 << 20);
    for (size_t i = 0; i < f->fields.n; i++) {
        if (i) buf_addc(&body, '&');
        encode(f->fields.list[i].name, &body);
        buf_addc(&body, '=');
        encode(f->fields.list[i].value, &body);
    }
    check(!form_read(&again, TEXT("application/x-www-form-urlencoded"), buf_text(&body), &r));
    fields_put_all(&f->fields, &first);
    fields_put_all(&again.fields, &second);
    check(text_eq(buf_text(&first), buf_text(&second)));
    check(!record_check((struct record){(uint8_t *)first.data, first.len}, NULL));
    form_release(&again);
    buf_release(&body);
    buf_release(&first);
    buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct form f;
    struct refusal r = {0};
    struct buf files;
    struct text all = {(const char *)data, size};
    const char *end = size ? memchr(data, '\n', size) : NULL;
    if (!end) return 0;
    struct text type = {all.data, (size_t)(end - all.data)};
    struct text body = {end + 1, size - type.len - 1};
    int failed = form_read(&f, type, body, &r);
    check(failed ? r.status == 400 : !r.status);
    if (!failed) {
        check_form(&f);
        check_again(&f);
        buf_init(&files, 1 << 20);
        form_put_files(&f, &files);
        check(!record_check((struct record){(uint8_t *)files.data, files.len}, NULL));
        buf_release(&files);
    }
    form_release(&f);
    return 0;
}
