// SPDX-License-Identifier: MIT
// report: `usher report`: what is told of an event afterwards, as a page and as tables. The script makes
// them; here they become files.
#include "cli/cli.h"
#include "cli/folder.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>

// The page goes into the file that --html names; without any, to where the command writes.
static int put_page(const struct options *o, struct text page)
{
    const char *path = option(o, "html");
    if (path) return file_write(path, page);
    if (option(o, "csv") || option(o, "xlsx")) return 0; // only the tables were asked for
    fwrite(page.data, 1, page.len, stdout);
    return 0;
}

static int put_tables(const char *folder, struct record tables)
{
    int code = folder_make(folder);
    for (struct record_iter it = record_each(tables); !code && record_next(&it);) {
        struct text name = record_get_text(it.value, "file");
        char *file = mem_copy(name.data, name.len);
        code = folder_write(folder, file, record_get_text(it.value, "text"));
        free(file);
    }
    return code;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

// Bytes come in hexadecimal, because answers are JSON.
static int put_workbook(const char *path, struct text hex)
{
    struct buf bytes;
    buf_init(&bytes, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        buf_addc(&bytes, (char)(hex_digit(hex.data[i]) << 4 | hex_digit(hex.data[i + 1])));
    int code = file_write(path, buf_text(&bytes));
    buf_release(&bytes);
    return code;
}

int command_report(const struct options *o)
{
    const char *event = only_argument(o, "an event's name"), *folder = option(o, "csv"),
               *workbook = option(o, "xlsx");
    struct record_map with;
    struct buf bytes;
    if (!event) return USHER_USAGE;
    record_map_init(&with);
    record_map_bool(&with, "csv", folder != NULL);
    record_map_bool(&with, "xlsx", workbook != NULL);
    int code = call_handler(o, event, "report", &with, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, reply = record_get(answer, "reply");
    if (!print_json(o, answer)) {
        code = put_page(o, record_get_text(reply, "html"));
        if (!code && folder) code = put_tables(folder, record_get(reply, "csv"));
        if (!code && workbook) code = put_workbook(workbook, record_get_text(reply, "xlsx"));
    }
    buf_release(&bytes);
    return code;
}
