// SPDX-License-Identifier: MIT
// batch: what the writer sees of one tick's writes.
#pragma once

#include "store/store.h"

enum op_kind {
    OP_START,
    OP_JOURNAL,
    OP_FLOW,
    OP_INBOX,
    OP_TAKE,
    OP_BOOK,
    OP_SEALED,
    OP_SCRIPT,
    OP_SCHEDULE,
    OP_OCCURRENCE,
    OP_SETTING,
    OP_AUDIT,
    OP_RENAME,
    OP_RETRY,
};

struct take_op {
    int64_t inbox, flow;
    int32_t step;
};

struct book_op {
    struct text event, book, key;
    struct record value; // not there: removes
};

struct script_op {
    int64_t id;
    struct text event;
    struct hash hash;
    struct record sources;
    struct instant at;
};

struct schedule_op {
    struct text event, name, spec;
    struct instant last, next;
};

struct occurrence_op {
    struct text event, schedule, decision, note;
    struct instant nominal, at;
};

struct retry_op {
    int64_t flow;
    struct instant at;
};

struct rename_op {
    struct text event, was, name;
};

struct setting_op {
    struct text name;
    struct record value;
};

// The rows lie in the batch's arena. Those of START and INBOX carry the place of their answer.
struct op {
    enum op_kind kind;
    uint32_t answer;
    union {
        const void *row;
        const struct flow_row *flow; // START, FLOW
        const struct journal_row *journal;
        const struct inbox_row *inbox;
        const struct take_op *take;
        const struct book_op *book; // BOOK, SEALED
        const struct script_op *script;
        const struct schedule_op *schedule;
        const struct occurrence_op *occurrence;
        const struct setting_op *setting;
        const struct audit_row *audit;
        const struct rename_op *rename;
        const struct retry_op *retry;
    };
};

struct start_answer {
    int64_t flow; // the one that is there now
    bool started, has_inbox;
};

struct batch {
    struct op *ops;
    size_t n, room;
    struct start_answer *starts; // filled in by the writer
    size_t starts_n, starts_room;
    int64_t *inbox_ids; // likewise; 0: was there already
    size_t inboxes_n, inboxes_room;
    struct arena memory;
};
