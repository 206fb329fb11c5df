// SPDX-License-Identifier: MIT
// route: see route.h.
#include "engine/route.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *route_check(const char *path)
{
    size_t params = 0;
    if (path[0] != '/') return "a path begins with /";
    if (strlen(path) > 200) return "a path of a route has at most 200 letters";
    for (const char *c = path; *c; c++) {
        if (c[0] == '/' && c[1] == '/') return "a path has no empty part between two slashes";
        if (c[0] == '/' && c[1] == ':' && ++params > ROUTE_PARAMS_MAX) return "a path has at most 8 :names";
        if (c[0] == ':' && (c[-1] != '/' || !isalpha((unsigned char)c[1])))
            return "a : stands before the name of a whole part, as in /a/:token";
        if (!isalnum((unsigned char)*c) && !strchr("/:-_.~", *c))
            return "a path of a route is made of letters, digits, - _ . ~ and /";
    }
    return path[1] && path[strlen(path) - 1] == '/' ? "a path does not end with /" : NULL;
}

struct route *route_add(struct script *s, const char *method, const char *path)
{
    struct route *r = mem_alloc(sizeof *r);
    r->method = mem_copyz(method);
    r->path = mem_copyz(path);
    r->body_max = ROUTE_BODY_MAX;
    if (s->routes_last) s->routes_last->next = r;
    else s->routes = r;
    s->routes_last = r;
    return r;
}

void route_free_all(struct script *s)
{
    while (s->routes) {
        struct route *r = s->routes;
        s->routes = r->next;
        free(r->method);
        free(r->path);
        free((void *)r->fixed.data);
        free(r);
    }
}

// Cuts the next segment off: what stands before the next slash.
static struct text segment(struct text *rest)
{
    const char *slash = memchr(rest->data, '/', rest->len);
    struct text s = {rest->data, slash ? (size_t)(slash - rest->data) : rest->len};
    size_t used = s.len + (slash != NULL);
    *rest = (struct text){rest->data + used, rest->len - used};
    return s;
}

bool route_match(const struct route *r, struct text path, struct route_params *params)
{
    struct text pattern = {r->path + 1, strlen(r->path + 1)};
    params->n = 0;
    if (path.len == 0 || path.data[0] != '/' || (path.len > 1 && path.data[path.len - 1] == '/'))
        return false;
    path = (struct text){path.data + 1, path.len - 1};
    while (pattern.len && path.len) {
        struct text want = segment(&pattern), got = segment(&path);
        if (want.data[0] != ':') {
            if (!text_eq(want, got)) return false;
            continue;
        }
        if (got.len == 0) return false;
        params->of[params->n].name = (struct text){want.data + 1, want.len - 1};
        params->of[params->n++].value = got;
    }
    return pattern.len == 0 && path.len == 0;
}
