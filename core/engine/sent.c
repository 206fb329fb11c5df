// SPDX-License-Identifier: MIT
#include "engine/sent.h"

#include <stdio.h>
#include <string.h>

#define ID_BYTES 16      // 22 letters of base64url
#define ADDRESS_BYTES 10 // 16 letters of base32

static struct hash proof_of(struct hash seed, struct text step_key, bool is_address)
{
    struct buf message;
    buf_init(&message, 4096);
    if (is_address) buf_addz(&message, "sender ");
    buf_addt(&message, step_key);
    struct hash proof = hash_derive((struct text){(char *)seed.bytes, HASH_LEN}, buf_text(&message));
    buf_release(&message);
    return proof;
}

static void put_base32(struct hash h, struct buf *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < ADDRESS_BYTES; i++) {
        held = held << 8 | h.bytes[i];
        for (bits += 8; bits >= 5; bits -= 5) buf_addc(out, letters[held >> (bits - 5) & 31]);
    }
}

static void put_proof(struct hash proof, bool is_address, struct buf *out)
{
    if (is_address) put_base32(proof, out);
    else hash_base64url((struct text){(char *)proof.bytes, ID_BYTES}, out);
}

// ---- making them ------------------------------------------------------------------------------------

void sent_id(struct engine *g, const struct flow *f, const char *step_key, struct buf *out)
{
    put_proof(proof_of(flow_seed(g, f), text_of(step_key), false), false, out);
    buf_addf(out, ".%lld", (long long)f->id);
}

void sent_address(struct engine *g, const struct flow *f, const char *step_key, const char *bounces,
    struct buf *out)
{
    const char *at = bounces ? strrchr(bounces, '@') : NULL;
    if (!at) return;
    buf_add(out, bounces, (size_t)(at - bounces));
    buf_addf(out, "+%lld-", (long long)f->id);
    put_proof(proof_of(flow_seed(g, f), text_of(step_key), true), true, out);
    buf_addz(out, at);
}

// ---- finding them -----------------------------------------------------------------------------------

static int64_t number(struct text t)
{
    int64_t n = 0;
    if (!t.len || t.len > 15) return 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] < '0' || t.data[i] > '9') return 0;
        n = n * 10 + (t.data[i] - '0');
    }
    return n;
}

static struct text local_part(struct text address)
{
    const char *at = address.len ? memrchr(address.data, '@', address.len) : NULL;
    return at ? (struct text){address.data, (size_t)(at - address.data)} : TEXT("");
}

static bool read_proof(struct text letters, bool is_address, struct sent_mark *out)
{
    static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
    static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (letters.len != (is_address ? 16 : 22)) return false;
    for (size_t i = 0; i < letters.len; i++) {
        char c = letters.data[i];
        if (is_address && c >= 'A' && c <= 'Z') c = (char)(c + 'a' - 'A');
        if (!strchr(is_address ? base32 : base64url, c) || !c) return false;
        out->proof[i] = c;
    }
    out->proof[letters.len] = 0;
    out->is_address = is_address;
    return true;
}

// "bounces+17-abcdefgh12345672@office.example"; servers have been seen to write = or - for the plus.
static bool read_address(struct text address, struct sent_mark *out)
{
    struct text local = local_part(address);
    const char *dash = local.len ? memrchr(local.data, '-', local.len) : NULL;
    if (!dash) return false;
    struct text before = {local.data, (size_t)(dash - local.data)};
    size_t digits = 0;
    while (digits < before.len && before.data[before.len - digits - 1] >= '0' &&
           before.data[before.len - digits - 1] <= '9')
        digits++;
    if (digits == before.len || !strchr("+=-", before.data[before.len - digits - 1])) return false;
    out->flow = number((struct text){before.data + before.len - digits, digits});
    return out->flow > 0 &&
           read_proof((struct text){dash + 1, local.len - (size_t)(dash + 1 - local.data)}, true, out);
}

// "HASH.17@office.example"
static bool read_id(struct text id, struct sent_mark *out)
{
    struct text local = local_part(id);
    const char *dot = local.len ? memrchr(local.data, '.', local.len) : NULL;
    if (!dot) return false;
    out->flow = number((struct text){dot + 1, local.len - (size_t)(dot + 1 - local.data)});
    return out->flow > 0 && read_proof((struct text){local.data, (size_t)(dot - local.data)}, false, out);
}

struct marks {
    struct sent_mark *out;
    size_t n;
};

static void add(struct marks *m, struct record value, bool is_address)
{
    struct text t;
    struct sent_mark mark;
    if (m->n == SENT_MARKS_MAX || !record_text(value, &t)) return;
    if (!(is_address ? read_address(t, &mark) : read_id(t, &mark))) return;
    for (size_t i = 0; i < m->n; i++) {
        if (m->out[i].flow == mark.flow && !strcmp(m->out[i].proof, mark.proof)) return;
    }
    m->out[m->n++] = mark;
}

static void add_all(struct marks *m, struct record list, bool are_addresses)
{
    for (struct record_iter it = record_each(list); record_next(&it);) add(m, it.value, are_addresses);
}

size_t sent_marks(struct record mail, struct sent_mark out[SENT_MARKS_MAX])
{
    struct marks m = {.out = out};
    add_all(&m, record_get(mail, "to"), true);
    add(&m, record_get(record_get(mail, "original"), "id"), false);
    add_all(&m, record_get(mail, "answers"), false);
    add_all(&m, record_get(mail, "quoted"), false);
    return m.n;
}

bool sent_proves(struct engine *g, const struct sent_mark *mark, struct text event, struct text flow_name,
    struct text flow_key, struct text step_key)
{
    struct buf proof;
    buf_init(&proof, 64);
    put_proof(proof_of(flow_seed_of(g, event, flow_name, flow_key), step_key, mark->is_address),
        mark->is_address, &proof);
    bool same = proof.len == strlen(mark->proof) && hash_same(proof.data, mark->proof, proof.len);
    buf_release(&proof);
    return same;
}
