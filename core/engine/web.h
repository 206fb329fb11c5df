// SPDX-License-Identifier: MIT
// web: a request from outside finds its route, is answered by a script, and the answer waits for the disk.
//
// The request (a map: method path query form form_all files headers cookies body address secure host head)
// comes from the world's listener whole and within its limits. The response is a map too:
//   status int · body, type text · headers map · cookies list of Set-Cookie values · etag text (of an answer
//   that never changes: the listener compares it) · stream text (a topic: the connection stays open and hears
//   what is pushed) · certificate map (pdf/certificate.h): the listener has it drawn, off the loop, and that
//   is the body · note text: with a status of 400 and more and without a body, the one sentence of the short
//   page that the listener writes itself
// GET routes change nothing (CONTEXT_LOOK refuses it). A POST route is one transaction, and its response is a
// promise of the batch that its changes are in. A route that returns nil passes the request on to the next
// event that has a route for it. A route for all events runs in each of them, and the first answer that
// refuses nothing leaves; when all refuse, the first.
#pragma once

#include "engine/engine.h"

void engine_web(struct engine *g, struct record request, engine_reply reply, void *ctx);
// Most bytes of a body that any route for this takes; 0: there is none, and the body need not be read.
size_t engine_web_body_max(struct engine *g, struct text method, struct text path);
// Requests that wait for lists, when the engine ends before these come.
void engine_web_forget(struct engine *g);
