// SPDX-License-Identifier: MIT
// incoming: from the bytes of a mail that came in to a record. Pure: the same bytes give the same record.
//
// Who sent them is a claim, and anything may be wrong with them; so everything has a limit, what is broken is
// left out, and every text in the record is UTF-8 without control characters but line breaks and tabs.
// Nothing here judges what the mail is: classify.h does. The record, a map; what is not there is left out:
//   from, from_name   text  the first address of From, and how it calls itself
//   reply_to          text  an address
//   to                list  every address that it was sent or delivered to: To, Cc, Delivered-To and its kin
//   return_path       text  an address; "" for the empty one of bounces
//   subject, id       text  id: Message-ID without its brackets
//   answers           list  of ids: In-Reply-To, then References, the last first
//   date, received    int   ms since 1970: as the sender says, and as the last server on the way says
//   marks             map   headers by which machines make themselves known, in lower case -> text
//   type, report      text  Content-Type of the whole, in lower case; its report-type
//   text              text  what a person reads: the first plain text, else HTML without its tags
//   calendars         list  of texts: text/calendar and application/ics parts
//   reports           list  of maps: each block of a message/delivery-status, field in lower case -> text
//   original          map   id, to, subject of the mail that this one brings along
//   quoted            list  of ids that stand in `text` behind "Message-ID:"
//   parts             list  of { type, name, bytes }: what it is made of
//   cut               bool  it was longer, or had more parts, than is looked at
// GMime is an optional part of usher (USHER_GMIME): without it incoming_read answers -USAGE.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define INCOMING_LEN_MAX (1u << 20) // of a mail's bytes: what a person writes, and what servers report, fits

bool incoming_is_built_in(void);

// `more`: these bytes are the beginning of a longer mail. Appends the record; -INPUT: it is no mail at all.
int incoming_read(struct text bytes, bool more, struct buf *out, struct err *e);
