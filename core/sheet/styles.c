// SPDX-License-Identifier: MIT
#include "sheet/styles.h"

#include "sheet/xml.h"

#include <stdlib.h>
#include <string.h>

struct custom_format {
    int64_t id;
    struct number_format format;
};

static int64_t number_attribute(const char **attributes, const char *name)
{
    const char *value = xml_attribute(attributes, name);
    return value ? strtoll(value, NULL, 10) : 0;
}

static void add_custom(struct styles *s, const char **attributes)
{
    const char *code = xml_attribute(attributes, "formatCode");
    s->custom = mem_grow(s->custom, (s->custom_n + 1) * sizeof *s->custom);
    s->custom[s->custom_n++] = (struct custom_format){number_attribute(attributes, "numFmtId"),
        number_format_read(text_of(code))};
}

static struct number_format format_of(const struct styles *s, int64_t id)
{
    for (size_t i = 0; i < s->custom_n; i++) {
        if (s->custom[i].id == id) return s->custom[i].format;
    }
    return number_format_of(id);
}

static void add_cell(struct styles *s, const char **attributes)
{
    s->cells = mem_grow(s->cells, (s->cells_n + 1) * sizeof *s->cells);
    s->cells[s->cells_n++] = format_of(s, number_attribute(attributes, "numFmtId"));
}

static void on_start(void *ctx, struct xml *x, const char *name, const char **attributes)
{
    struct styles *s = ctx;
    if (s->custom_n >= SHEET_STYLES_MAX / 64 || s->cells_n >= SHEET_STYLES_MAX)
        xml_refuse(x, ERR_LIMIT, "the file has more styles than usher reads: copy the list into a new file");
    else if (strcmp(name, "numFmt") == 0) add_custom(s, attributes);
    else if (strcmp(name, "cellXfs") == 0) s->in_cells = true;
    else if (strcmp(name, "xf") == 0 && s->in_cells) add_cell(s, attributes);
}

static void on_end(void *ctx, struct xml *x, const char *name)
{
    struct styles *s = ctx;
    (void)x;
    if (strcmp(name, "cellXfs") == 0) s->in_cells = false;
}

int styles_read(struct styles *s, struct package *p, const char *part, struct err *e)
{
    static const struct xml_reader reader = {on_start, on_end, NULL};
    return xml_read(p, part, &reader, s, e);
}

void styles_release(struct styles *s)
{
    free(s->cells);
    free(s->custom);
}

struct number_format styles_format(const struct styles *s, int64_t style)
{
    return style >= 0 && (size_t)style < s->cells_n ? s->cells[style] : (struct number_format){0};
}
