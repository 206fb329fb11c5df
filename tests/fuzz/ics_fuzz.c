// SPDX-License-Identifier: MIT
// ics: any bytes as a guest's calendar. What is read must be what itip.h promises: an address that is one,
// small letters, texts that end, and the same for the same bytes.
#include "mail/itip.h"
#include "mail/mail.h"

#include <assert.h>
#include <string.h>

static void check_small(const char *z)
{
    for (; *z; z++) assert(*z < 'A' || *z > 'Z');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct itip answer, again;
    struct mail_address address;
    struct err e = {0};
    struct text calendar = {(const char *)data, size};
    if (itip_read(calendar, &answer, &e)) {
        assert(e.text[0]);
        return 0;
    }
    assert(answer.method[0] && answer.uid[0] && strlen(answer.uid) < sizeof answer.uid);
    assert(mail_address_parse(text_of(answer.attendee), &address, &e) == 0 && !address.name[0]);
    check_small(answer.method);
    check_small(answer.attendee);
    check_small(answer.answer);
    assert(strlen(answer.comment) < sizeof answer.comment && answer.sequence >= 0);
    assert(itip_read(calendar, &again, &e) == 0 && memcmp(&answer, &again, sizeof answer) == 0);
    return 0;
}
