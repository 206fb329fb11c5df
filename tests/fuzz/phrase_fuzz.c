// SPDX-License-Identifier: MIT
// Any bytes as a phrase, the time of an event, a span and a list of holidays: a moment or a sentence.
#include "time/phrase.h"

#include <stdlib.h>
#include <string.h>

static void resolve(const struct phrase *p, const struct calendar *work)
{
    struct when event;
    struct moment m;
    struct err e = {0};
    if (when_parse(TEXT("Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu"), NULL, &event, &e)) abort();
    if (phrase_resolve(p, &event, work, &m, &e)) {
        if (!e.text[0]) abort();
    } else if (!m.zone) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *exact = malloc(len ? len : 1);
    if (len) memcpy(exact, data, len);
    struct text t = {exact, len};
    struct calendar work;
    struct phrase phrase;
    struct when when;
    struct span span, again;
    struct err e = {0};
    char text[SPAN_TEXT_MAX];
    calendar_init(&work);
    calendar_read(&work, t, &e);
    calendar_set_weekend(&work, t, &e);
    if (phrase_parse(t, &phrase, &e) == 0) resolve(&phrase, &work);
    else if (!e.text[0]) abort();
    when_parse(t, NULL, &when, &e);
    if (span_parse(t, &span, &e) == 0) {
        span_print(&span, text); // what is written can be read again
        if (span_parse(text_of(text), &again, &e) || memcmp(&span, &again, sizeof span) != 0) abort();
    }
    calendar_release(&work);
    free(exact);
    return 0;
}
