// SPDX-License-Identifier: MIT
// certificate: from what a certificate says (a record) to the bytes of its page, a PDF of A4 across.
//
// The same record is the same bytes: in this process and in any other, now and in a year, whatever its
// language and clock are, for nothing else is looked at. (The fonts and libraries of the machine are part
// of it: after an upgrade the page says the same and may have other bytes. Of scripts other than Latin and
// Tibetan, fontconfig also asks the language of the environment.) That is why the bytes are kept nowhere. A
// mail's journal has the record, half a kilobyte where the PDF has forty, and each attempt to send it draws
// the page again; so does whoever downloads it.
//
// The record, a map of texts that are shown as they are, in the order in which they stand on the page:
//   logo      hash of a picture (picture.h), above all else
//   host      whose certificate it is
//   title     "Certificate of participation"
//   before    "This is to certify that"
//   name      of the person: the largest line
//   text      what is certified; may have several lines
//   what      title of the event
//   details   list of lines: when, where, how many sessions
//   issued    "Issued on 1 March 2021"
//   signature hash of a picture, above the first of
//   signed    list of texts, at most 2, each with lines: a name, an office
//   url, code, check   what the QR code holds, the code in letters, and what to do with it
//   created   int, ms since 1970: of the file
// Only name and title must be there. Text that is too long for its place is set smaller, and broken into
// lines when that is not enough.
//
// Tibetan letters have fonts of their own, upright and of one weight whatever stands around them: programs
// slant and thicken what they have no font for, and stacked syllables become illegible by it.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define CERTIFICATE_LEN_MAX (4u << 20)

bool certificate_is_built_in(void);

// One page is drawn at a time, whoever asks; 10 ms each, the first 150. Never call it on the loop's thread.
// -INPUT: the record is none. -LIMIT: it does not fit on a page. -USAGE: this machine lacks a library, a
// font or a picture that the script has not shown yet, and it works when that is here; the sentence says
// what to install.
int certificate_draw(struct record certificate, struct buf *out, struct err *e);
