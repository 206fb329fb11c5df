// SPDX-License-Identifier: MIT
// mail_compose: composes the mails that come in as JSON lines, for checks by programs that are not usher.
//
// In: one mail (core/mail/mail.h) as JSON on each line. Out, for each line:
//   mail LENGTH FROM TO\n  and LENGTH bytes of mail   FROM and TO are the envelope; "<>" for no sender
//   no SENTENCE\n                                     the mail was refused
#include "mail/mail.h"

#include <stdio.h>
#include <stdlib.h>

static int compose(struct text json, struct buf *mail, struct mail_envelope *envelope, struct err *e)
{
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    int rc = record_from_json(json, &bytes, e);
    struct record r = {(const uint8_t *)buf_z(&bytes), bytes.len};
    if (rc == 0) rc = mail_compose(r, mail, e);
    if (rc == 0) rc = mail_envelope(r, envelope, e);
    buf_release(&bytes);
    return rc;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    while ((len = getline(&line, &room, stdin)) > 0) {
        struct buf mail;
        struct mail_envelope envelope;
        struct err e = {0};
        buf_init(&mail, MAIL_LEN_MAX);
        if (compose((struct text){line, (size_t)len}, &mail, &envelope, &e)) {
            printf("no %s\n", e.text);
        } else {
            printf("mail %zu %s %s\n", mail.len, envelope.from[0] ? envelope.from : "<>", envelope.to);
            fwrite(buf_z(&mail), 1, mail.len, stdout);
        }
        buf_release(&mail);
    }
    free(line);
    return 0;
}
