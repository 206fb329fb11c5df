// SPDX-License-Identifier: MIT
// form: what somebody filled in, from a body that is urlencoded or multipart (WHATWG; RFC 7578).
//
// Multipart is read strictly: no text before the first or after the last boundary, no transfer encoding, one
// Content-Disposition a part. Names and values are UTF-8; files are bytes.
// A form borrows the body that it was read from.
#pragma once

#include "web/fields.h"

#define FORM_FILES_MAX 16u
#define FORM_FILE_NAME_MAX 255u // what file systems take

struct form_file {
    struct text field, name, type, data;
};

struct form {
    bool is_form;
    struct fields fields;
    struct form_file files[FORM_FILES_MAX];
    size_t files_n;
};

// `type` is the Content-Type. A body of another type is no form: is_form is false and nothing is read. To be
// released either way.
int form_read(struct form *f, struct text type, struct text body, struct refusal *r);
void form_release(struct form *f);

void form_put_files(const struct form *f, struct buf *out); // a list of maps
