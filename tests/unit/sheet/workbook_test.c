// SPDX-License-Identifier: MIT
#include "sheet_rig.h"
#include "stored_zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define rows_are(book, json) assert_string_equal(rig_book_read(&(book), NULL, "rows"), json)
#define refused(book, words) assert_non_null(strstr(rig_book_refused(&(book), NULL), words))

static void every_kind_of_cell_is_read_as_people_see_it(void **state)
{
    struct rig_book b = {.strings = "<si><t>Karma</t></si>",
        .formats = "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/>",
        .styles = "<xf numFmtId=\"0\"/><xf numFmtId=\"164\"/>",
        .rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>3.0</v></c>"
                "<c r=\"C1\" t=\"inlineStr\"><is><t>in line</t></is></c><c r=\"D1\" "
                "t=\"str\"><f>A1&amp;1</f><v>Karma1</v></c>"
                "<c r=\"E1\" t=\"b\"><v>1</v></c><c r=\"F1\" s=\"1\"><v>44252.583333333336</v></c>"
                "<c r=\"G1\" t=\"d\"><v>2021-02-25T14:00:00</v></c></row>"};
    rows_are(b, "[{\"line\":1,\"cells\":[\"Karma\",\"3\",\"in line\",\"Karma1\",\"TRUE\",\"2021-02-25 "
                "14:00\",\"2021-02-25 14:00\"]}]");
}

static void rich_text_is_put_together_and_phonetics_are_not_text(void **state)
{
    struct rig_book b = {
        .strings = "<si><r><t xml:space=\"preserve\">Dasho </t></r><r><rPr><b/></rPr><t>Karma</t></r>"
                   "<rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si><si><t>a_x000D_\nb_x0041__x00_</t></si>",
        .rows = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c>"
                "<c t=\"inlineStr\"><is><r><t>x</t></r><rPh><t>no</t></rPh><r><t>y</t></r></is></c></row>"};
    rows_are(b, "[{\"line\":1,\"cells\":[\"Dasho Karma\",\"a \\nbA_x00_\",\"xy\"]}]");
}

static void rows_keep_their_numbers_and_empty_ones_are_left_out(void **state)
{
    struct rig_book b = {
        .rows = "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"C2\" s=\"1\"/></row><row r=\"3\"/>"
                "<row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>  </t></is></c></row>"
                "<row r=\"1048576\" hidden=\"1\"><c><v>2</v></c></row>"};
    rows_are(b, "[{\"line\":2,\"cells\":[\"\",\"1\"]},{\"line\":1048576,\"cells\":[\"2\"],\"hidden\":true}]");
}

static void a_cell_merged_downwards_stands_in_each_of_its_rows(void **state)
{
    struct rig_book b =
        {.rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"C1\"><v>7</v></c></row>"
                 "<row r=\"2\"><c r=\"B2\"><v>2</v></c></row><row r=\"3\"><c r=\"A3\"><v>3</v></c></row>",
            .after = "<mergeCells><mergeCell ref=\"A1:B2\"/><mergeCell ref=\"C1:C9\"/></mergeCells>"};
    rows_are(b, "[{\"line\":1,\"cells\":[\"1\",\"\",\"7\"]},{\"line\":2,\"cells\":[\"1\",\"2\",\"7\"]},"
                "{\"line\":3,\"cells\":[\"3\",\"\",\"7\"]}]");
}

static void errors_and_formulas_without_a_result_are_noted(void **state)
{
    struct rig_book b = {
        .rows = "<row r=\"3\"><c r=\"B3\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c r=\"D3\"><f>A1</f></c>"
                "<c r=\"E3\" t=\"s\"><v>9</v></c><c r=\"F3\"><f>A1</f><v></v></c>"
                "<c r=\"G3\" t=\"str\"><f>A1</f><v></v></c></row>"};
    assert_string_equal(rig_book_read(&b, NULL, "notes"),
        "[{\"line\":3,\"text\":\"it shows the error #DIV/0!: correct its formula\",\"column\":2},"
        "{\"line\":3,\"text\":\"its formula was never worked out: open the file in a spreadsheet and save "
        "it\",\"column\":4},"
        "{\"line\":3,\"text\":\"the cell's text is missing in the file: open it and save it "
        "again\",\"column\":5},"
        "{\"line\":3,\"text\":\"its formula was never worked out: open the file in a spreadsheet and save "
        "it\",\"column\":6}]");
}

#define TWO                                                                                     \
    "<sheet name=\"Old\" sheetId=\"7\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"Guests\" " \
    "sheetId=\"8\" r:id=\"rId1\"/>"

static void the_first_visible_sheet_is_taken_or_the_one_that_is_named(void **state)
{
    struct rig_book b = {.sheets = TWO, .rows = "<row><c><v>1</v></c></row>"};
    assert_string_equal(rig_book_read(&b, NULL, "sheet"), "\"Guests\"");
    assert_string_equal(rig_book_read(&b, "old", "rows"), "[{\"line\":1,\"cells\":[\"2\"]}]");
    assert_string_equal(rig_book_read(&b, NULL, "sheets"),
        "[{\"name\":\"Old\",\"hidden\":true},{\"name\":\"Guests\",\"hidden\":false}]");
    assert_string_equal(rig_book_refused(&b, "Speakers"),
        "there is no sheet 'Speakers' in it: there is 'Old', 'Guests'");
}

static void a_file_whose_sheets_are_all_hidden_asks_for_a_name(void **state)
{
    struct rig_book b = {.sheets = "<sheet name=\"A\" state=\"veryHidden\" r:id=\"rId1\"/>"};
    refused(b, "every sheet of it is hidden");
}

static void dates_since_1904(void **state)
{
    struct rig_book b = {.properties = "date1904=\"1\"",
        .styles = "<xf numFmtId=\"14\"/>",
        .rows = "<row><c s=\"0\"><v>42790</v></c></row>"};
    rows_are(b, "[{\"line\":1,\"cells\":[\"2021-02-25\"]}]");
}

static void a_document_type_is_refused(void **state)
{
    struct stored_zip z;
    stored_zip_begin(&z);
    stored_zip_add(&z, TEXT("_rels/.rels"),
        TEXT("<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 "
             "\"&lol;&lol;\">]><Relationships>&lol2;</Relationships>"));
    assert_non_null(strstr(rig_bytes_refused(stored_zip_end(&z)), "declares a document type"));
    buf_release(&z.bytes);
}

static void relationships_in_a_circle_lead_nowhere(void **state)
{
    struct stored_zip z;
    stored_zip_begin(&z);
    stored_zip_add(&z, TEXT("_rels/.rels"), text_of(rig_root_relations));
    stored_zip_add(&z, TEXT("xl/workbook.xml"),
        TEXT("<workbook><sheets><sheet name=\"A\" id=\"r\"/></sheets></workbook>"));
    stored_zip_add(&z, TEXT("xl/_rels/workbook.xml.rels"),
        TEXT("<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" "
             "Target=\"../xl/workbook.xml\"/></Relationships>"));
    assert_string_equal(rig_bytes_refused(stored_zip_end(&z)),
        "the sheet is no table of cells (a chart?): name another sheet");
    buf_release(&z.bytes);
}

static void what_is_no_xlsx_is_told_what_it_is(void **state)
{
    const char old[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W\0o\0r\0k",
               locked[] = "\xd0\xcf\x11\xe0 E\0n\0c\0r\0y\0p\0t\0e\0d\0"
                          "P\0a\0c\0k\0a\0g\0e\0";
    struct stored_zip z;
    assert_non_null(strstr(rig_bytes_refused((struct text){old, sizeof old}), "old .xls file"));
    assert_non_null(strstr(rig_bytes_refused((struct text){locked, sizeof locked}), "has a password"));
    assert_non_null(strstr(rig_bytes_refused(TEXT("name,mail\n")), "this is no .xlsx file"));
    assert_non_null(strstr(rig_bytes_refused(TEXT("<html><table>")), "a web page"));
    assert_non_null(strstr(rig_bytes_refused(TEXT("")), "the file is empty"));
    stored_zip_begin(&z);
    stored_zip_add(&z, TEXT("mimetype"), TEXT("application/vnd.oasis.opendocument.spreadsheet"));
    assert_non_null(strstr(rig_bytes_refused(stored_zip_end(&z)), "this is an .ods file"));
    buf_release(&z.bytes);
    stored_zip_begin(&z);
    stored_zip_add(&z, TEXT("a.txt"), TEXT("x"));
    assert_non_null(strstr(rig_bytes_refused(stored_zip_end(&z)), "this is a ZIP file and no .xlsx"));
    buf_release(&z.bytes);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    struct rig_book b = {.rows = "<row><c><v>1</v></c></row>"};
    struct buf file;
    buf_init(&file, 1 << 20);
    rig_book_write(&b, &file);
    for (size_t len = 0; len < file.len; len += 7)
        assert_true(*rig_bytes_refused((struct text){file.data, len}));
    buf_release(&file);
}

static void broken_xml_names_the_part_and_the_line(void **state)
{
    struct rig_book b = {.rows = "<row>\n<c></row>"};
    refused(b, "the file is damaged (xl/worksheets/sheet1.xml, line 2: mismatched tag)");
}

static void places_out_of_order_are_refused(void **state)
{
    struct rig_book rows = {.rows = "<row r=\"5\"/><row r=\"5\"/>"},
                    cells = {.rows = "<row><c r=\"B1\"/><c r=\"A1\"/></row>"};
    struct rig_book far = {.rows = "<row r=\"1048577\"/>"},
                    other = {.rows = "<row r=\"1\"><c r=\"A2\"/></row>"};
    struct rig_book wide = {.rows = "<row r=\"1\"><c r=\"XFE1\"/></row>"};
    refused(rows, "the rows of the sheet are out of order behind row 5");
    refused(cells, "the cells of row 1 are out of order");
    refused(far, "the rows of the sheet are out of order");
    refused(other, "the cells of row 1 are out of order");
    refused(wide, "the cells of row 1 are out of order");
}

static void too_many_rows_columns_and_bytes_are_refused(void **state)
{
    struct buf rows;
    struct rig_book b = {.rows = "<row><c r=\"XFD1\"><v>1</v></c></row>"};
    refused(b, "row 1 has something in column 16384: a list has at most 256 columns");
    buf_init(&rows, 4u << 20);
    for (int i = 0; i <= SHEET_ROWS_MAX; i++) buf_addz(&rows, "<row><c><v>1</v></c></row>");
    b.rows = buf_z(&rows);
    refused(b, "the sheet has more than 20000 rows");
    buf_clear(&rows);
    buf_addz(&rows, "<row><c t=\"str\"><v>");
    for (size_t i = 0; i <= SHEET_CELL_MAX; i++) buf_addc(&rows, 'a');
    buf_addz(&rows, "</v></c></row>");
    b.rows = buf_z(&rows);
    refused(b, "row 1 has a cell with more than 128 KiB of text");
    buf_clear(&rows);
    for (int i = 0; i < 70; i++) buf_addz(&rows, "<a>");
    for (int i = 0; i < 70; i++) buf_addz(&rows, "</a>");
    b.rows = buf_z(&rows);
    refused(b, "is nested too deep");
    buf_release(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_cell_is_read_as_people_see_it),
        cmocka_unit_test(rich_text_is_put_together_and_phonetics_are_not_text),
        cmocka_unit_test(rows_keep_their_numbers_and_empty_ones_are_left_out),
        cmocka_unit_test(a_cell_merged_downwards_stands_in_each_of_its_rows),
        cmocka_unit_test(errors_and_formulas_without_a_result_are_noted),
        cmocka_unit_test(the_first_visible_sheet_is_taken_or_the_one_that_is_named),
        cmocka_unit_test(a_file_whose_sheets_are_all_hidden_asks_for_a_name),
        cmocka_unit_test(dates_since_1904),
        cmocka_unit_test(a_document_type_is_refused),
        cmocka_unit_test(relationships_in_a_circle_lead_nowhere),
        cmocka_unit_test(what_is_no_xlsx_is_told_what_it_is),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(broken_xml_names_the_part_and_the_line),
        cmocka_unit_test(places_out_of_order_are_refused),
        cmocka_unit_test(too_many_rows_columns_and_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
