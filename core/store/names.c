// SPDX-License-Identifier: MIT
// names: the words for states and kinds. schema.sql has the same words for `sqlite3 usher.db`.
#include "store/store.h"

const char *flow_state_name(enum flow_state state)
{
    switch (state) {
#define X(name, text) \
    case FLOW_##name: return text;
        FLOW_STATES(X)
#undef X
    }
    return "unknown";
}

const char *step_state_name(enum step_state state)
{
    switch (state) {
#define X(name, text) \
    case STEP_##name: return text;
        STEP_STATES(X)
#undef X
    }
    return "unknown";
}

const char *step_kind_name(enum step_kind kind)
{
    switch (kind) {
#define X(name, text) \
    case STEP_KIND_##name: return text;
        STEP_KINDS(X)
#undef X
    }
    return "unknown";
}
