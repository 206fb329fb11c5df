// SPDX-License-Identifier: MIT
// multipart: a body of multipart/form-data into a form (RFC 7578, as browsers write it).
#pragma once

#include "web/form.h"

// `parameters` is what follows "multipart/form-data;" in the Content-Type.
int multipart_read(struct form *f, struct text parameters, struct text body, struct refusal *r);
