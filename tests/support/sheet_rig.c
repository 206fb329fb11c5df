// SPDX-License-Identifier: MIT
#include "sheet_rig.h"

#include "stored_zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"

const char rig_types[] = "<Types xmlns=\"" PACKAGE "content-types\"/>";
const char rig_root_relations[] = "<Relationships xmlns=\"" PACKAGE
                                  "relationships\"><Relationship Id=\"rId1\" Type=\"" REL
                                  "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char relations[] = "<Relationships xmlns=\"" PACKAGE "relationships\">"
                                "<Relationship Id=\"rId1\" Type=\"" REL
                                "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                                "<Relationship Id=\"rId2\" Type=\"" REL
                                "/worksheet\" Target=\"/xl/worksheets/../worksheets/sheet2.xml\"/>"
                                "<Relationship Id=\"rId3\" Type=\"" REL "/styles\" Target=\"styles.xml\"/>"
                                "<Relationship Id=\"rId4\" Type=\"" REL
                                "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";

static void add(struct stored_zip *z, const char *name, const char *fmt, ...)
{
    struct buf content;
    va_list ap;
    buf_init(&content, 16u << 20);
    va_start(ap, fmt);
    buf_vaddf(&content, fmt, ap);
    va_end(ap);
    stored_zip_add(z, text_of(name), buf_text(&content));
    buf_release(&content);
}

static const char *or_none(const char *z)
{
    return z ? z : "";
}

void rig_book_write(const struct rig_book *b, struct buf *out)
{
    struct stored_zip z;
    const char *sheets = b->sheets ? b->sheets : "<sheet name=\"Guests\" sheetId=\"1\" r:id=\"rId1\"/>";
    stored_zip_begin(&z);
    add(&z, "[Content_Types].xml", "%s", rig_types);
    add(&z, "_rels/.rels", "%s", rig_root_relations);
    add(&z, "xl/_rels/workbook.xml.rels", "%s", relations);
    add(&z, "xl/workbook.xml",
        "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" REL "\"><workbookPr %s/><sheets>%s</sheets></workbook>",
        or_none(b->properties), sheets);
    if (b->strings) add(&z, "xl/sharedStrings.xml", "<sst xmlns=\"" MAIN "\">%s</sst>", b->strings);
    if (b->styles)
        add(&z, "xl/styles.xml",
            "<styleSheet xmlns=\"" MAIN
            "\"><numFmts>%s</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
            "<cellXfs>%s</cellXfs></styleSheet>",
            or_none(b->formats), b->styles);
    add(&z, "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"" MAIN "\"><sheetData>%s</sheetData>%s</worksheet>", or_none(b->rows),
        or_none(b->after));
    add(&z, "xl/worksheets/sheet2.xml",
        "<x:worksheet xmlns:x=\"" MAIN
        "\"><x:sheetData><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>");
    buf_addt(out, stored_zip_end(&z));
    buf_release(&z.bytes);
}

const char *rig_book_read(const struct rig_book *b, const char *wanted, const char *key)
{
    static struct buf json;
    struct buf file, record;
    struct err e = {0};
    buf_release(&json);
    buf_init(&json, 16u << 20);
    buf_init(&file, 64u << 20);
    buf_init(&record, RECORD_LEN_MAX);
    rig_book_write(b, &file);
    if (sheet_read(buf_text(&file), text_of(wanted), &record, &e)) fail_msg("%s", e.text);
    struct record whole = {(uint8_t *)record.data, record.len};
    assert_int_equal(record_check(whole, &e), 0);
    record_print_json(record_get(whole, key), &json);
    buf_release(&file);
    buf_release(&record);
    return buf_z(&json);
}

const char *rig_bytes_refused(struct text bytes)
{
    static struct err e;
    struct buf record;
    buf_init(&record, RECORD_LEN_MAX);
    e = (struct err){0};
    assert_int_not_equal(sheet_read(bytes, (struct text){0}, &record, &e), 0);
    buf_release(&record);
    return e.text;
}

const char *rig_book_refused(const struct rig_book *b, const char *wanted)
{
    static struct err e;
    struct buf file, record;
    buf_init(&file, 64u << 20);
    buf_init(&record, RECORD_LEN_MAX);
    rig_book_write(b, &file);
    e = (struct err){0};
    assert_int_not_equal(sheet_read(buf_text(&file), text_of(wanted), &record, &e), 0);
    buf_release(&file);
    buf_release(&record);
    return e.text;
}
