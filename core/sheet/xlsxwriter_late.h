// SPDX-License-Identifier: MIT
// xlsxwriter_late: libxlsxwriter, loaded when the first .xlsx is written and not before. For writer.c only.
#pragma once

#include <xlsxwriter.h>

#include <dlfcn.h>
#include <stdbool.h>

#define XLSXWRITER_LIBRARY "libxlsxwriter.so.4"

#define XLSXWRITER_CALLS(X)         \
    X(format_set_bold)              \
    X(format_set_num_format_index)  \
    X(lxw_strerror)                 \
    X(workbook_add_format)          \
    X(workbook_add_worksheet)       \
    X(workbook_close)               \
    X(workbook_new_opt)             \
    X(workbook_set_properties)      \
    X(workbook_validate_sheet_name) \
    X(worksheet_freeze_panes)       \
    X(worksheet_set_column)         \
    X(worksheet_write_boolean)      \
    X(worksheet_write_number)       \
    X(worksheet_write_string)

struct xlsxwriter_calls {
#define X(name) __typeof__(&name) name##_;
    XLSXWRITER_CALLS(X)
#undef X
};
static struct xlsxwriter_calls xlsxwriter_calls;

// False: the library is not there, or is another one.
static bool xlsxwriter_late_open(void)
{
    if (xlsxwriter_calls.worksheet_write_string_) return true;
    void *library = dlopen(XLSXWRITER_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
#define X(name) \
    if (!(xlsxwriter_calls.name##_ = (__typeof__(&name))dlsym(library, #name))) return false;
    XLSXWRITER_CALLS(X)
#undef X
    return true;
}

#define format_set_bold xlsxwriter_calls.format_set_bold_
#define format_set_num_format_index xlsxwriter_calls.format_set_num_format_index_
#define lxw_strerror xlsxwriter_calls.lxw_strerror_
#define workbook_add_format xlsxwriter_calls.workbook_add_format_
#define workbook_add_worksheet xlsxwriter_calls.workbook_add_worksheet_
#define workbook_close xlsxwriter_calls.workbook_close_
#define workbook_new_opt xlsxwriter_calls.workbook_new_opt_
#define workbook_set_properties xlsxwriter_calls.workbook_set_properties_
#define workbook_validate_sheet_name xlsxwriter_calls.workbook_validate_sheet_name_
#define worksheet_freeze_panes xlsxwriter_calls.worksheet_freeze_panes_
#define worksheet_set_column xlsxwriter_calls.worksheet_set_column_
#define worksheet_write_boolean xlsxwriter_calls.worksheet_write_boolean_
#define worksheet_write_number xlsxwriter_calls.worksheet_write_number_
#define worksheet_write_string xlsxwriter_calls.worksheet_write_string_
