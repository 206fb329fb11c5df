// SPDX-License-Identifier: MIT
// reply_fuzz: whatever a mail server says, line by line: the words stay printable and within their room.
#include "world/smtp_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtp_reply reply = {0};
    while (size) {
        const uint8_t *lf = memchr(data, '\n', size);
        size_t len = lf ? (size_t)(lf - data) + 1 : size;
        struct text line = {(const char *)data, len};
        smtp_reply_add(&reply, line);
        smtp_reply_offers(line, "SMTPUTF8");
        if (reply.len > SMTP_REPLY_MAX || strlen(reply.text) != reply.len) abort();
        if (reply.code && (reply.code < 200 || reply.code > 599)) abort();
        for (size_t i = 0; i < reply.len; i++)
            if (reply.text[i] < ' ' || reply.text[i] > '~') abort();
        data += len;
        size -= len;
    }
    return 0;
}
