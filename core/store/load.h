// SPDX-License-Identifier: MIT
// load: flows as they stand on disk, their checksum chains verified.
#pragma once

#include "store/sqlite.h"
#include "store/store.h"

struct loader;                                               // its prepared statements
struct loader *loader_new(struct sqlite *db, struct err *e); // borrows db
void loader_free(struct loader *l);

// Flows that were found. Ids that do not exist are left out.
struct loaded {
    struct loaded_flow *flows;
    size_t n, room;
};
int load_ids(struct loader *l, const int64_t *ids, size_t n, struct loaded *out, struct err *e);
// WAITING and due until then, earliest first; *rest is the earliest due of those that are not in `out`.
int load_due(struct loader *l, struct instant until, size_t limit, struct loaded *out, struct instant *rest,
    struct err *e);
int load_ready(struct loader *l, int64_t after, size_t limit, struct loaded *out, struct err *e);
// What a new version of the event's script is tried on: all but DONE, by id.
int load_living(struct loader *l, struct text event, int64_t after, size_t limit, struct loaded *out,
    struct err *e);
int load_held(struct loader *l, struct text event, int64_t after, size_t limit, struct loaded *out,
    struct err *e);
int load_named(struct loader *l, struct text event, struct text name, struct text key, struct loaded *out,
    struct err *e);

void loaded_release(struct loaded_flow *flows, size_t n);
