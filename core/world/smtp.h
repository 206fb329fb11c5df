// SPDX-License-Identifier: MIT
// smtp: one connection to the mail server, kept from mail to mail, used by one thread, blocking.
//
// libcurl is the transport only: it carries bytes that mail/ composed, one recipient at a time. It runs on
// a thread of its own (courier.h) because libcurl waits for the reply after the final dot inside one call:
// with a server that took 3 s to scan a mail, one call of the multi interface held the loop for 3.00 s.
//
// How a mail ends, by how far it came:
//   OK      a 2xx after the final dot; the result is a map { reply = the server's words }
//   AGAIN   no connection, no TLS, a 4xx, a loss before the final dot; also a 5xx before the recipient is
//           named (greeting, log-in) and 530: then the installation is wrong, not this mail
//   FAILED  a 5xx to MAIL, RCPT, DATA or the final dot
//   UNSURE  the final dot went out, or may have, and no reply to it came
// A kept connection that turns out to be dead or tired (421) before DATA is replaced once, at once.
#pragma once

#include "mail/mail.h"
#include "world/errand.h"
#include "world/settings.h"

struct smtp;

// -USAGE with a sentence when the settings can't work.
int smtp_settings_check(const struct smtp_settings *s, struct err *e);

struct smtp *smtp_open(const struct smtp_settings *settings, const char *ca_file);
void smtp_close(struct smtp *s);   // NULL is fine
void smtp_hang_up(struct smtp *s); // says QUIT; the next mail connects anew

// The one call for other threads: ends what is under way and whatever would come after it.
void smtp_abort(struct smtp *s);

// Fills in the ending of r.
void smtp_send(struct smtp *s, const struct mail_envelope *envelope, struct text message, struct errand *r);
