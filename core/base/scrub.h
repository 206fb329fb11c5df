// SPDX-License-Identifier: MIT
// scrub: takes the words that say who somebody is out of texts and records, in whatever dress they stand
// there.
//
// A word is found whatever the case of its ASCII letters, and also where it was escaped for Markdown (a
// backslash), HTML (&amp; &#39;), JSON (\u0040), a URL or a mail (%40, =40), or folded into lines (calendar
// entries, quoted-printable). A run of spaces, line breaks or underscores is a space. It counts only where
// no letter, digit or, for an address, further sign of an address stands beside it: Ann is not in Annual.
// `keep` are longer texts of other people in which a word may stand: Karma is not taken out of Karma Dorji.
// Base64 is not looked into, nor what is compressed: nothing that usher keeps stands so (scrub_finds_mail
// does).
#pragma once

#include "base/record.h"

#define SCRUB_WORDS_MAX 512
#define SCRUB_WORD_LEN_MIN 2

struct scrub {
    struct record words; // a list of { find = text, put = text }; where several begin the longest is taken
    struct record keep;  // a list of texts
    bool may_begin[256]; // whether a word may begin with this byte: most do not, and are passed over quickly
};

// Both lists are borrowed. -INPUT when there are too many words, or one is too short to be taken out of
// everything.
int scrub_init(struct scrub *s, struct record words, struct record keep, struct err *e);
// Writes the text without the words; answers whether it had any. Out gets the whole text in either case.
bool scrub_text(const struct scrub *s, struct text in, struct buf *out);
// The same for every text of a value, keys of maps too. A pair whose key becomes another's is left out.
bool scrub_record(const struct scrub *s, struct record in, struct buf *out);
// Whether any word is in it.
bool scrub_finds(const struct scrub *s, struct text in);
size_t scrub_line(const struct scrub *s, struct text in); // of the first one, from 1; 0: there is none
bool scrub_finds_in(const struct scrub *s, struct record in);
// Whether one of its texts is nothing but one of the words, an address: then it is about that person.
bool scrub_names_address(const struct scrub *s, struct record in);
// The same of a whole mail (RFC 5322): also in its parts that are written in base64.
bool scrub_finds_mail(const struct scrub *s, struct text mail);
// The lists of people (CSV): without the rows in which a cell is one of the words. How many there were.
// first_line (may be NULL): of the first of them.
size_t scrub_rows(const struct scrub *s, struct text csv, struct buf *out, size_t *first_line);
size_t scrub_row_len(
    struct text csv); // of the row at the head, with its line break; a quoted cell may hold some
