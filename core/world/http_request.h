// SPDX-License-Identifier: MIT
// http_request: what a script asked for, checked before libcurl sees any of it.
//
// The record, a map:
//   method           text  GET HEAD OPTIONS POST PUT PATCH DELETE; GET when missing
//   url              text  http:// or https://
//   headers          map   name -> text; not those that belong to the transport (Host, Content-Length ...)
//   body             text  sent with POST, PUT, PATCH and DELETE
//   is_json          bool  the body is JSON, and says so unless a header says otherwise
//   timeout_ms       int   for the whole exchange, redirects included; 30 s when missing, at most 10 minutes
//   idempotency_key  text  goes out as Idempotency-Key and makes a repetition harmless
//   oauth            map   the grant of the token that it shows, oauth.h
//   redirects        int   how many to follow; 5 when missing, at most 20
//   body_max         int   most bytes of the answer's body; 1 MiB when missing, at most 7 MiB
#pragma once

#include "base/err.h"
#include "base/record.h"
#include <curl/curl.h>

struct http_request {
    char method[8];
    char *url;
    char *origin; // "https://example.org:8443": what sentences show, since a path may hold a secret
    struct curl_slist *headers;
    struct buf body;
    bool has_body;
    bool repeatable; // a second time does no harm
    int64_t timeout_ms;
    int64_t redirects;
    size_t body_max;
};

// -INPUT with a sentence; r is to be released either way.
int http_request_init(struct http_request *r, struct record args, struct err *e);
void http_request_release(struct http_request *r);

// Shows the token, and no other that was there before.
void http_request_authorize(struct http_request *r, const char *token);

// Turns r to where a 301, 302, 303, 307 or 308 points. Another origin gets no header that the script set
// but Accept*, Content-Type and User-Agent, and never a body. -INPUT with a sentence: this one is not
// followed.
int http_request_follow(struct http_request *r, long status, const char *to, struct err *e);
