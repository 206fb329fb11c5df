// SPDX-License-Identifier: MIT
// address: any bytes; what is accepted must be one clean mailbox that reads back as itself.
#include "mail/mail.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_address a, again;
    struct err e = {0};
    if (mail_address_parse((struct text){(const char *)data, size}, &a, &e)) {
        assert(e.code == ERR_INPUT && e.text[0]);
        return 0;
    }
    assert(strpbrk(a.address, " <>()[],;:\\\"\r\n\t") == NULL);
    assert(strchr(a.address, '@') && strchr(a.address, '@') == strrchr(a.address, '@'));
    assert(strpbrk(a.name, "\r\n") == NULL);
    assert(mail_address_parse(text_of(a.address), &again, &e) == 0);
    assert(strcmp(a.address, again.address) == 0 && again.name[0] == 0);
    return 0;
}
