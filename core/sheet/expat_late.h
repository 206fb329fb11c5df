// SPDX-License-Identifier: MIT
// expat_late: Expat, loaded when the first .xlsx is read and not before. For xml.c only.
#pragma once

#include <expat.h>

#include <dlfcn.h>
#include <stdbool.h>

#define EXPAT_LIBRARY "libexpat.so.1"

#define EXPAT_CALLS(X)                \
    X(XML_ErrorString)                \
    X(XML_GetCurrentLineNumber)       \
    X(XML_GetErrorCode)               \
    X(XML_Parse)                      \
    X(XML_ParserCreate)               \
    X(XML_ParserFree)                 \
    X(XML_SetCharacterDataHandler)    \
    X(XML_SetElementHandler)          \
    X(XML_SetStartDoctypeDeclHandler) \
    X(XML_SetUserData)                \
    X(XML_StopParser)

struct expat_calls {
#define X(name) __typeof__(&name) name##_;
    EXPAT_CALLS(X)
#undef X
};
static struct expat_calls expat_calls;

// False: the library is not there, or is another one.
static bool expat_late_open(void)
{
    if (expat_calls.XML_StopParser_) return true;
    void *library = dlopen(EXPAT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
#define X(name) \
    if (!(expat_calls.name##_ = (__typeof__(&name))dlsym(library, #name))) return false;
    EXPAT_CALLS(X)
#undef X
    return true;
}

#define XML_ErrorString expat_calls.XML_ErrorString_
#define XML_GetCurrentLineNumber expat_calls.XML_GetCurrentLineNumber_
#define XML_GetErrorCode expat_calls.XML_GetErrorCode_
#define XML_Parse expat_calls.XML_Parse_
#define XML_ParserCreate expat_calls.XML_ParserCreate_
#define XML_ParserFree expat_calls.XML_ParserFree_
#define XML_SetCharacterDataHandler expat_calls.XML_SetCharacterDataHandler_
#define XML_SetElementHandler expat_calls.XML_SetElementHandler_
#define XML_SetStartDoctypeDeclHandler expat_calls.XML_SetStartDoctypeDeclHandler_
#define XML_SetUserData expat_calls.XML_SetUserData_
#define XML_StopParser expat_calls.XML_StopParser_
