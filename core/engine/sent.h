// SPDX-License-Identifier: MIT
// sent: the marks by which a mail of ours is known again when it comes back: in a bounce, a reply, a request.
//
//   Message-ID   <HASH.FLOW@domain>        HASH: 22 letters of base64url, FLOW: the flow's number
//   sender       local+FLOW-HASH@domain    HASH: 16 letters of base32, in lower case: servers change the case
// The number says where to look; the hash is the proof, an HMAC under the installation's secret over the
// flow's identity (event, name, key) and the step's key. So a mark is the same in every attempt, nobody can
// make one who has not seen the mail, and a number that belongs to another flow, after an old backup was
// taken back, proves nothing.
#pragma once

#include "engine/engine.h"

#define SENT_MARKS_MAX 8 // of one mail; further ones are not looked at
#define SENT_PROOF_MAX 22

// The local part of the Message-ID, for this step of a flow.
void sent_id(struct engine *g, const struct flow *f, const char *step_key, struct buf *out);
// The envelope sender: `bounces` with this step's mark. Empty when it is no address.
void sent_address(struct engine *g, const struct flow *f, const char *step_key, const char *bounces,
    struct buf *out);

struct sent_mark {
    int64_t flow;
    bool is_address; // else a Message-ID
    char proof[SENT_PROOF_MAX + 1];
};

// The marks in a mail that came in (mail/incoming.h), the surest first: addresses it was delivered to, the
// mail that it brings along, what it answers, what it quotes.
size_t sent_marks(struct record mail, struct sent_mark out[SENT_MARKS_MAX]);
// Whether the mark is that step's of the flow with this identity.
bool sent_proves(struct engine *g, const struct sent_mark *mark, struct text event, struct text flow_name,
    struct text flow_key, struct text step_key);
