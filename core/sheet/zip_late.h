// SPDX-License-Identifier: MIT
// zip_late: libzip, loaded when the first .xlsx is read and not before (as mail/gmime_late.h does, and for
// the same reason: most installations never need it). For package.c only.
#pragma once

#include <zip.h>

#include <dlfcn.h>
#include <stdbool.h>

#define ZIP_LIBRARY "libzip.so.4"

#define ZIP_CALLS(X)            \
    X(zip_discard)              \
    X(zip_error_fini)           \
    X(zip_error_init)           \
    X(zip_fclose)               \
    X(zip_fopen_index)          \
    X(zip_fread)                \
    X(zip_get_num_entries)      \
    X(zip_name_locate)          \
    X(zip_open_from_source)     \
    X(zip_source_buffer_create) \
    X(zip_source_free)          \
    X(zip_stat_index)

struct zip_calls {
#define X(name) __typeof__(&name) name##_;
    ZIP_CALLS(X)
#undef X
};
static struct zip_calls zip_calls;

// False: the library is not there, or is another one.
static bool zip_late_open(void)
{
    if (zip_calls.zip_stat_index_) return true;
    void *library = dlopen(ZIP_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
#define X(name) \
    if (!(zip_calls.name##_ = (__typeof__(&name))dlsym(library, #name))) return false;
    ZIP_CALLS(X)
#undef X
    return true;
}

#define zip_discard zip_calls.zip_discard_
#define zip_error_fini zip_calls.zip_error_fini_
#define zip_error_init zip_calls.zip_error_init_
#define zip_fclose zip_calls.zip_fclose_
#define zip_fopen_index zip_calls.zip_fopen_index_
#define zip_fread zip_calls.zip_fread_
#define zip_get_num_entries zip_calls.zip_get_num_entries_
#define zip_name_locate zip_calls.zip_name_locate_
#define zip_open_from_source zip_calls.zip_open_from_source_
#define zip_source_buffer_create zip_calls.zip_source_buffer_create_
#define zip_source_free zip_calls.zip_source_free_
#define zip_stat_index zip_calls.zip_stat_index_
