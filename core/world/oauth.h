// SPDX-License-Identifier: MIT
// oauth: the tokens of OAuth 2.0 that requests show, by which a program speaks for itself (RFC 6749, 4.4, and
// what services have made of it). A token is fetched when the first request needs one, is shared by all that
// come with the same grant, and is fetched anew shortly before it ends or when a server takes it no more.
//
// A grant is what a script says of it, a map with its secrets filled in:
//   token   text  the address that gives tokens out
//   client  text  and secret  text: who asks
//   form    map   further fields of the question; without grant_type it is "client_credentials"
// Owns the tokens and the grants that are in use. They are nowhere else: no row, no log and no answer has
// them, and they go with the process.
// Holds always: a grant has at most one question under way, however many requests wait for its token.
#pragma once

#include "base/record.h"
#include "world/errand.h"

struct oauth;

// Whoever waits for a token, embedded in what it is for. Its memory stays until ready was called, or oauth is
// freed.
struct oauth_wait {
    struct oauth_wait *next;
    // token NULL: there is none, and `failed` says how that ended.
    void (*ready)(struct oauth_wait *w, const char *token, const struct errand *failed);
};

// Performs the request; how it ends goes to the sink, perhaps at once.
typedef void oauth_ask(void *ctx, struct record request, struct errand_sink sink);

struct oauth *oauth_new(oauth_ask *ask, void *ctx);
void oauth_free(struct oauth *o); // nobody is called any more

// Calls w->ready, perhaps before it returns.
void oauth_get(struct oauth *o, struct record grant, struct oauth_wait *w);

// A server did not take that token: the next who asks gets another.
void oauth_refused(struct oauth *o, struct record grant, const char *token);

// Secrets and tokens go over https, or stay inside this machine. -INPUT with a sentence.
int oauth_check_url(struct text url, const char *what, struct err *e);
