// SPDX-License-Identifier: MIT
// route: which function of a script answers to a method and a path.
//
// A pattern is "/", or segments of letters, digits and -_.~ after slashes; a segment ":name" stands for any
// one segment that is not empty. The more particular pattern wins over an earlier one only by standing first:
// routes are tried in the order in which they were declared, and events in the order of their loading.
#pragma once

#include "engine/script.h"

#define ROUTE_PARAMS_MAX 8
#define ROUTE_BODY_MAX (64u << 10) // of a form, unless the route says more

struct route_params {
    size_t n;
    struct {
        struct text name, value;
    } of[ROUTE_PARAMS_MAX];
};

// A sentence about what is wrong with a pattern, or NULL.
const char *route_check(const char *path);
// The route belongs to the script from here on.
struct route *route_add(struct script *s, const char *method, const char *path);
void route_free_all(struct script *s);
bool route_match(const struct route *r, struct text path, struct route_params *params);
