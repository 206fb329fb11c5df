// SPDX-License-Identifier: MIT
// secret: stand-ins for secrets. A script, a journal and a log only ever see "{{secret:NAME:proof}}".
//
// The proof is an HMAC under the installation's own secret, so nobody who can put text into a mail (a
// guest's name, a form) can make usher put a secret there: only usher.secret makes stand-ins.
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#define OPENING "{{secret:"
#define PROOF_LEN 16 // characters of base64url: 96 bits

static void put_proof(struct engine *g, struct text name, struct buf *out)
{
    struct buf message, proof;
    buf_init(&message, 512);
    buf_init(&proof, 64);
    buf_addz(&message, "secret ");
    buf_addt(&message, name);
    struct hash h = hash_derive((struct text){g->secret, HASH_LEN}, buf_text(&message));
    hash_base64url((struct text){(char *)h.bytes, HASH_LEN}, &proof);
    buf_add(out, proof.data, PROOF_LEN);
    buf_release(&message);
    buf_release(&proof);
}

void engine_secret_token(struct engine *g, struct text name, struct buf *out)
{
    buf_addz(out, OPENING);
    buf_addt(out, name);
    buf_addc(out, ':');
    put_proof(g, name, out);
    buf_addz(out, "}}");
}

// A stand-in at the beginning of t: its name, and its length; 0 when it is none of ours.
static size_t stand_in(struct engine *g, struct text t, struct text *name)
{
    size_t head = strlen(OPENING);
    const char *end = memmem(t.data, t.len < 256 ? t.len : 256, "}}", 2);
    if (t.len <= head || memcmp(t.data, OPENING, head) != 0 || !end) return 0;
    const char *colon = memchr(t.data + head, ':', (size_t)(end - t.data) - head);
    if (!colon) return 0;
    *name = (struct text){t.data + head, (size_t)(colon - t.data) - head};
    struct buf whole;
    buf_init(&whole, 512);
    engine_secret_token(g, *name, &whole);
    size_t len = whole.len <= t.len && memcmp(whole.data, t.data, whole.len) == 0 ? whole.len : 0;
    buf_release(&whole);
    return len;
}

static int reveal_text(struct engine *g, struct text in, struct buf *out, struct err *e)
{
    for (size_t i = 0; i < in.len;) {
        struct text rest = {in.data + i, in.len - i}, name;
        const char *at = memmem(rest.data, rest.len, OPENING, strlen(OPENING));
        size_t plain = at ? (size_t)(at - rest.data) : rest.len;
        buf_add(out, rest.data, plain);
        i += plain;
        if (!at) break;
        size_t len = stand_in(g, (struct text){in.data + i, in.len - i}, &name);
        if (len && g->options.rehearsal) {
            buf_addz(out, "•••••");
        } else if (len) {
            char *z = mem_copy(name.data, name.len);
            int failed = g->options.secret(g->options.secret_ctx, z, out, e);
            free(z);
            if (failed) return failed;
        } else {
            buf_addc(out, in.data[i]);
        }
        i += len ? len : 1;
    }
    return 0;
}

static int reveal(struct engine *g, struct record in, struct buf *out, struct err *e)
{
    enum record_kind kind = record_kind(in);
    if (kind == RECORD_TEXT) {
        struct text t;
        struct buf revealed;
        record_text(in, &t);
        buf_init(&revealed, RECORD_LEN_MAX);
        int failed = reveal_text(g, t, &revealed, e);
        if (!failed) record_put_text(out, buf_text(&revealed));
        buf_release(&revealed);
        return failed;
    }
    if (kind != RECORD_LIST && kind != RECORD_MAP) {
        record_put(out, in);
        return 0;
    }
    if (kind == RECORD_LIST) record_put_list(out, record_count(in));
    else record_put_map(out, record_count(in));
    for (struct record_iter it = record_each(in); record_next(&it);) {
        if (kind == RECORD_MAP) record_put(out, it.key);
        int failed = reveal(g, it.value, out, e);
        if (failed) return failed;
    }
    return 0;
}

int engine_reveal(struct engine *g, struct record in, struct buf *out, struct err *e)
{
    if (!memmem(in.data, in.len, OPENING, strlen(OPENING))) {
        buf_add(out, in.data, in.len);
        return 0;
    }
    return reveal(g, in, out, e);
}
