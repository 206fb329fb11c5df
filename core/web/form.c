// SPDX-License-Identifier: MIT
#include "web/form.h"

#include "base/record.h"
#include "web/multipart.h"
#include "web/token.h"

int form_read(struct form *f, struct text type, struct text body, struct refusal *r)
{
    struct text kind = {NULL, 0}, rest = type;
    token_next(&rest, ';', &kind);
    f->files_n = 0;
    f->is_form = true;
    if (token_is(kind, "application/x-www-form-urlencoded")) {
        fields_init(&f->fields, body.len);
        return fields_read(&f->fields, body, r);
    }
    fields_init(&f->fields, 0);
    if (token_is(kind, "multipart/form-data")) return multipart_read(f, rest, body, r);
    f->is_form = false;
    return 0;
}

void form_release(struct form *f)
{
    fields_release(&f->fields);
}

static void put_pair(struct buf *out, const char *key, struct text value)
{
    record_put_text(out, text_of(key));
    record_put_text(out, value);
}

void form_put_files(const struct form *f, struct buf *out)
{
    record_put_list(out, f->files_n);
    for (size_t i = 0; i < f->files_n; i++) {
        const struct form_file *file = &f->files[i];
        record_put_map(out, 4); // keys in the order that records have
        put_pair(out, "data", file->data);
        put_pair(out, "name", file->name);
        put_pair(out, "type", file->type);
        put_pair(out, "field", file->field);
    }
}
