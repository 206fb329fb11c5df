// SPDX-License-Identifier: MIT
// link: the tokens in people's links. One token stands for one subject (a person's key), for one purpose, in
// one event of one installation; nobody else can make one, and nobody can read one.
//
//   token = base64url( mac || plain XOR stream )
//   plain = expires (8 bytes, big-endian, ms; 0: never) || generation (4 bytes) || subject
//   key   = HMAC-SHA-256(installation's secret, "link" NUL event NUL purpose)
//   mac   = the first 16 bytes of HMAC-SHA-256(key, plain)         stream = XChaCha20 under
//   HMAC-SHA-256(key, "stream") with mac as its nonce
// The nonce follows from what is written (a synthetic nonce), so the same link is made the same way every
// time, in a rehearsal too, and needs no row on disk. Purposes have keys of their own: a join link opens no
// survey. To take links back, the subject's generation is counted up where its owner keeps it.
#pragma once

#include "engine/engine.h"

#define LINK_SUBJECT_MAX 200

enum link_state { LINK_FINE, LINK_WRONG, LINK_EXPIRED };

void link_make(const struct engine *g, struct text event, struct text purpose, struct text subject,
    struct instant expires, uint32_t generation, struct buf *out);
// `subject` gets the bytes.
enum link_state link_read(const struct engine *g, struct text event, struct text purpose, struct text token,
    struct buf *subject, uint32_t *generation);
