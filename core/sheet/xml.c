// SPDX-License-Identifier: MIT
#include "sheet/xml.h"

#include "sheet/expat_late.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct xml {
    XML_Parser parser;
    const struct xml_reader *reader;
    void *ctx;
    const char *part;
    int depth;
    struct err *e;
    int failed; // what ended the reading; 0: nothing has
};

void xml_refuse(struct xml *x, enum err_code code, const char *fmt, ...)
{
    char sentence[sizeof x->e->text];
    va_list ap;
    if (x->failed) return;
    va_start(ap, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, ap);
    va_end(ap);
    x->failed = err_set(x->e, code, "%s", sentence);
    XML_StopParser(x->parser, XML_FALSE);
}

static const char *bare(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *self, const char *name, const char **attributes)
{
    struct xml *x = self;
    if (x->failed) return; // Expat may call once more after it was stopped
    if (++x->depth > XML_DEPTH_MAX) xml_refuse(x, ERR_LIMIT, "%s is nested too deep to be a table", x->part);
    else if (x->reader->start) x->reader->start(x->ctx, x, bare(name), attributes);
}

static void on_end(void *self, const char *name)
{
    struct xml *x = self;
    x->depth--;
    if (!x->failed && x->reader->end) x->reader->end(x->ctx, x, bare(name));
}

static void on_text(void *self, const char *data, int len)
{
    struct xml *x = self;
    if (!x->failed && x->reader->text) x->reader->text(x->ctx, x, (struct text){data, (size_t)len});
}

static void on_doctype(void *self, const char *name, const char *system_id, const char *public_id,
    int internal)
{
    struct xml *x = self;
    (void)name, (void)system_id, (void)public_id, (void)internal;
    xml_refuse(x, ERR_INPUT, "%s declares a document type, which no spreadsheet does: this file is not taken",
        x->part);
}

static int on_piece(void *self, struct text piece, bool last)
{
    struct xml *x = self;
    enum XML_Status status = XML_Parse(x->parser, piece.data, (int)piece.len, last);
    if (status != XML_STATUS_OK && !x->failed) {
        x->failed = err_set(x->e, ERR_INPUT,
            "the file is damaged (%s, line %lu: %s): open it and save it again", x->part,
            (unsigned long)XML_GetCurrentLineNumber(x->parser), XML_ErrorString(XML_GetErrorCode(x->parser)));
    }
    return x->failed;
}

int xml_read(struct package *p, const char *part, const struct xml_reader *reader, void *ctx, struct err *e)
{
    struct err unwanted;
    if (!expat_late_open())
        return err_set(e, ERR_USAGE,
            "the part that reads .xlsx files is missing here: install libexpat1, or save as CSV");
    struct xml x = {.reader = reader,
        .ctx = ctx,
        .part = part,
        .e = e ? e : &unwanted,
        .parser = XML_ParserCreate(NULL)};
    if (!x.parser) return err_set(e, ERR_MEMORY, "there is no memory to read %s", part);
    XML_SetUserData(x.parser, &x);
    XML_SetElementHandler(x.parser, on_start, on_end);
    XML_SetCharacterDataHandler(x.parser, on_text);
    XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
    int failed = package_read(p, part, on_piece, &x, e);
    XML_ParserFree(x.parser);
    return failed;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(bare(attributes[0]), name) == 0) return attributes[1];
    }
    return NULL;
}

bool xml_truth(const char **attributes, const char *name)
{
    const char *value = xml_attribute(attributes, name);
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

bool xml_is_there(void)
{
    return expat_late_open();
}
