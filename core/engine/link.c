// SPDX-License-Identifier: MIT
// link: see link.h.
#include "engine/link.h"

#include <string.h>

#define MAC_LEN 16
#define HEAD_LEN 12 // expires, generation
#define PLAIN_MAX (HEAD_LEN + LINK_SUBJECT_MAX)

static struct text bytes_of(const struct hash *h)
{
    return (struct text){(const char *)h->bytes, HASH_LEN};
}

static struct hash key_for(const struct engine *g, struct text event, struct text purpose)
{
    struct buf message;
    buf_init(&message, 1024);
    buf_add(&message, "link", 5);
    buf_addt(&message, event);
    buf_addc(&message, 0);
    buf_addt(&message, purpose);
    struct hash key = hash_derive((struct text){g->secret, HASH_LEN}, buf_text(&message));
    buf_release(&message);
    return key;
}

static void cross_over(const struct hash *key, const uint8_t mac[MAC_LEN], uint8_t *data, size_t len)
{
    uint8_t nonce[HASH_NONCE_LEN] = {0};
    memcpy(nonce, mac, MAC_LEN);
    hash_stream_xor(hash_derive(bytes_of(key), TEXT("stream")), nonce, data, len);
}

void link_make(const struct engine *g, struct text event, struct text purpose, struct text subject,
    struct instant expires, uint32_t generation, struct buf *out)
{
    uint8_t sealed[MAC_LEN + PLAIN_MAX], *plain = sealed + MAC_LEN;
    size_t len = HEAD_LEN + subject.len;
    for (int i = 0; i < 8; i++) plain[i] = (uint8_t)((uint64_t)expires.ms >> (56 - 8 * i));
    for (int i = 0; i < 4; i++) plain[8 + i] = (uint8_t)(generation >> (24 - 8 * i));
    memcpy(plain + HEAD_LEN, subject.data, subject.len);
    struct hash key = key_for(g, event, purpose);
    struct hash mac = hash_derive(bytes_of(&key), (struct text){(char *)plain, len});
    memcpy(sealed, mac.bytes, MAC_LEN);
    cross_over(&key, sealed, plain, len);
    hash_base64url((struct text){(char *)sealed, MAC_LEN + len}, out);
}

enum link_state link_read(const struct engine *g, struct text event, struct text purpose, struct text token,
    struct buf *subject, uint32_t *generation)
{
    struct buf sealed;
    enum link_state state = LINK_WRONG;
    buf_init(&sealed, MAC_LEN + PLAIN_MAX);
    bool read = hash_base64url_read(token, &sealed) && !sealed.over && sealed.len >= MAC_LEN + HEAD_LEN;
    if (read) {
        uint8_t *plain = (uint8_t *)sealed.data + MAC_LEN;
        size_t len = sealed.len - MAC_LEN;
        struct hash key = key_for(g, event, purpose);
        cross_over(&key, (uint8_t *)sealed.data, plain, len);
        struct hash mac = hash_derive(bytes_of(&key), (struct text){(char *)plain, len});
        uint64_t expires = 0;
        *generation = 0;
        for (int i = 0; i < 8; i++) expires = expires << 8 | plain[i];
        for (int i = 0; i < 4; i++) *generation = *generation << 8 | plain[8 + i];
        bool late = expires && (uint64_t)g->now.ms > expires;
        if (hash_same(mac.bytes, sealed.data, MAC_LEN)) state = late ? LINK_EXPIRED : LINK_FINE;
        if (state == LINK_FINE) buf_add(subject, plain + HEAD_LEN, len - HEAD_LEN);
    }
    buf_release(&sealed);
    return state;
}
