// SPDX-License-Identifier: MIT
#define PDF_LATE_TABLE
#include "pdf/late.h"

#include <dlfcn.h>

struct pdf_calls pdf_calls;

#ifdef __SANITIZE_ADDRESS__
// Fontconfig writes pointers down as distances, which a search for leaks can't follow: what it keeps of a
// font looks lost, and is not.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif

static bool fill_in(void *library)
{
#define X(name) \
    if (!(pdf_calls.name##_ = (__typeof__(&name))dlsym(library, #name))) return false;
    PDF_CALLS(X)
#undef X
    return true;
}

int pdf_late_open(struct err *e)
{
    static bool is_open;
    if (is_open) return 0;
    void *library = dlopen(PDF_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return err_set(e, ERR_USAGE, "certificates need Pango: install libpangocairo-1.0-0");
    if (!fill_in(library))
        return err_set(e, ERR_USAGE, PDF_LIBRARY " is another one than usher was built for");
    is_open = true;
    return 0;
}
