// SPDX-License-Identifier: MIT
// batch: one tick's writes, in order.
//
// Owns copies of everything that was added, in one arena that goes when the batch goes. Rewinding forgets
// ops and leaves their bytes in the arena: a slice that is taken back is rare, and the batch is short-lived.
#include "store/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct batch *batch_new(void)
{
    return mem_alloc(sizeof(struct batch));
}

void batch_free(struct batch *b)
{
    if (!b) return;
    arena_release(&b->memory);
    free(b->ops);
    free(b->starts);
    free(b->inbox_ids);
    free(b);
}

size_t batch_rows(const struct batch *b)
{
    return b->n;
}

struct batch_mark batch_mark(const struct batch *b)
{
    return (struct batch_mark){b->n, b->starts_n, b->inboxes_n};
}

void batch_rewind(struct batch *b, struct batch_mark mark)
{
    assert(mark.ops <= b->n && mark.starts <= b->starts_n && mark.inboxes <= b->inboxes_n);
    b->n = mark.ops;
    b->starts_n = mark.starts;
    b->inboxes_n = mark.inboxes;
}

size_t batch_starts(const struct batch *b)
{
    return b->starts_n;
}

size_t batch_inboxes(const struct batch *b)
{
    return b->inboxes_n;
}

// Makes room for one more element of this size.
static void *with_room(void *list, size_t n, size_t *room, size_t size)
{
    if (n < *room) return list;
    *room = *room ? 2 * *room : 16;
    return mem_grow(list, *room * size);
}

// Adds an op and answers its row, copied from `row`: the caller replaces what points outside.
static void *add_op(struct batch *b, enum op_kind kind, const void *row, size_t size)
{
    void *copy = memcpy(arena_alloc(&b->memory, size), row, size);
    b->ops = with_room(b->ops, b->n, &b->room, sizeof *b->ops);
    b->ops[b->n++] = (struct op){.kind = kind, .row = copy};
    return copy;
}

static void keep_text(struct batch *b, struct text *t)
{
    *t = arena_text(&b->memory, *t);
}

static void keep_record(struct batch *b, struct record *r)
{
    *r = arena_record(&b->memory, *r);
}

static void add_flow(struct batch *b, enum op_kind kind, const struct flow_row *flow)
{
    struct flow_row *row = add_op(b, kind, flow, sizeof *row);
    keep_text(b, &row->event);
    keep_text(b, &row->name);
    keep_text(b, &row->key);
    keep_text(b, &row->label);
    keep_text(b, &row->why);
    keep_record(b, &row->input);
    keep_record(b, &row->result);
}

void batch_start(struct batch *b, const struct flow_row *flow)
{
    add_flow(b, OP_START, flow);
    b->ops[b->n - 1].answer = (uint32_t)b->starts_n;
    b->starts = with_room(b->starts, b->starts_n, &b->starts_room, sizeof *b->starts);
    b->starts[b->starts_n++] = (struct start_answer){0};
}

void batch_flow(struct batch *b, const struct flow_row *flow)
{
    add_flow(b, OP_FLOW, flow);
}

void batch_journal(struct batch *b, const struct journal_row *journal)
{
    struct journal_row *row = add_op(b, OP_JOURNAL, journal, sizeof *row);
    keep_text(b, &row->key);
    keep_text(b, &row->note);
    keep_record(b, &row->value);
}

void batch_inbox(struct batch *b, const struct inbox_row *inbox)
{
    struct inbox_row *row = add_op(b, OP_INBOX, inbox, sizeof *row);
    keep_text(b, &row->event);
    keep_text(b, &row->flow_name);
    keep_text(b, &row->flow_key);
    keep_text(b, &row->name);
    keep_text(b, &row->dedup);
    keep_record(b, &row->value);
    b->ops[b->n - 1].answer = (uint32_t)b->inboxes_n;
    b->inbox_ids = with_room(b->inbox_ids, b->inboxes_n, &b->inboxes_room, sizeof *b->inbox_ids);
    b->inbox_ids[b->inboxes_n++] = 0;
}

void batch_take(struct batch *b, int64_t inbox_id, int64_t flow, int32_t step)
{
    struct take_op op = {inbox_id, flow, step};
    add_op(b, OP_TAKE, &op, sizeof op);
}

static void add_entry(struct batch *b, enum op_kind kind, const struct book_op *op)
{
    struct book_op *row = add_op(b, kind, op, sizeof *op);
    keep_text(b, &row->event);
    keep_text(b, &row->book);
    keep_text(b, &row->key);
    keep_record(b, &row->value);
}

void batch_book(struct batch *b, struct text event, struct text book, struct text key, struct record value)
{
    add_entry(b, OP_BOOK, &(struct book_op){event, book, key, value});
}

void batch_sealed(struct batch *b, struct text event, struct text book, struct text key, struct record value)
{
    add_entry(b, OP_SEALED, &(struct book_op){event, book, key, value});
}

void batch_script(struct batch *b, int64_t id, struct text event, struct hash hash, struct record sources,
    struct instant at)
{
    assert(sources.data);
    struct script_op op = {id, event, hash, sources, at};
    struct script_op *row = add_op(b, OP_SCRIPT, &op, sizeof op);
    keep_text(b, &row->event);
    keep_record(b, &row->sources);
}

void batch_schedule(struct batch *b, struct text event, struct text name, struct text spec,
    struct instant last, struct instant next)
{
    struct schedule_op op = {event, name, spec, last, next};
    struct schedule_op *row = add_op(b, OP_SCHEDULE, &op, sizeof op);
    keep_text(b, &row->event);
    keep_text(b, &row->name);
    keep_text(b, &row->spec);
}

void batch_occurrence(struct batch *b, struct text event, struct text schedule, struct instant nominal,
    struct text decision, struct instant at, struct text note)
{
    struct occurrence_op op = {event, schedule, decision, note, nominal, at};
    struct occurrence_op *row = add_op(b, OP_OCCURRENCE, &op, sizeof op);
    keep_text(b, &row->event);
    keep_text(b, &row->schedule);
    keep_text(b, &row->decision);
    keep_text(b, &row->note);
}

void batch_setting(struct batch *b, struct text name, struct record value)
{
    assert(value.data);
    struct setting_op op = {name, value};
    struct setting_op *row = add_op(b, OP_SETTING, &op, sizeof op);
    keep_text(b, &row->name);
    keep_record(b, &row->value);
}

void batch_audit(struct batch *b, const struct audit_row *audit)
{
    struct audit_row *row = add_op(b, OP_AUDIT, audit, sizeof *audit);
    keep_text(b, &row->who);
    keep_text(b, &row->event);
    keep_text(b, &row->what);
    keep_text(b, &row->note);
    keep_text(b, &row->about);
}

void batch_retry(struct batch *b, int64_t flow, struct instant at)
{
    add_op(b, OP_RETRY, &(struct retry_op){flow, at}, sizeof(struct retry_op));
}

void batch_rename(struct batch *b, struct text event, struct text was, struct text name)
{
    struct rename_op op = {event, was, name};
    struct rename_op *row = add_op(b, OP_RENAME, &op, sizeof op);
    keep_text(b, &row->event);
    keep_text(b, &row->was);
    keep_text(b, &row->name);
}

bool batch_started(const struct batch *b, size_t i, int64_t *flow, bool *has_inbox)
{
    assert(i < b->starts_n);
    if (flow) *flow = b->starts[i].flow;
    if (has_inbox) *has_inbox = b->starts[i].has_inbox;
    return b->starts[i].started;
}

int64_t batch_inbox_id(const struct batch *b, size_t i)
{
    assert(i < b->inboxes_n);
    return b->inbox_ids[i];
}
