// SPDX-License-Identifier: MIT
// Spreadsheets in scripts: what is written is read again, and where these functions may be called.
#include "engine_rig.h"
#include "sheet/sheet.h"

#define HEAD "usher.describe { id = 'test', zone = 'UTC' }\n"

static void what_a_script_writes_it_reads_again(void **state)
{
    if (!sheet_reads() || !sheet_writes()) skip();
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.on('table', function()\n"
        "  local file = usher.xlsx { { name = 'Guests', columns = { 'name', '=n' },\n"
        "    rows = { { name = '=1+1', ['=n'] = 12 }, { 'B', true } } } }\n"
        "  local sheet = usher.sheet(file, 'guests')\n"
        "  return { sheet.sheet, usher.json.encode(sheet.rows), file:sub(1, 2), #file > 1000 }\n"
        "end)\n");
    assert_string_equal(rig_call(r, "table", "{}"),
        "[\"Guests\",\"[{\\\"cells\\\":[\\\"name\\\",\\\"=n\\\"],\\\"line\\\":1},"
        "{\\\"cells\\\":[\\\"=1+1\\\",\\\"12\\\"],\\\"line\\\":2},{\\\"cells\\\":[\\\"B\\\",\\\"TRUE\\\"],"
        "\\\"line\\\":3}]\",\"PK\",true]");
    rig_end(r);
}

static void a_flow_asks_for_no_spreadsheet_but_in_decide(void **state)
{
    if (!sheet_writes()) skip();
    struct rig *r = rig_with("2021-02-25 08:00",
        "local function file() return usher.xlsx { { name = 'A', columns = { 'n' }, rows = {} } } end\n"
        "usher.flow('good', function() return usher.decide('file', function() return #file() > 0 end) end)\n"
        "usher.flow('bad', function() return #file() end)\n"
        "usher.flow('curious', function() return usher.parts().xlsx end)\n"
        "for _, name in ipairs { 'good', 'bad', 'curious' } do usher.start(name, { key = 'A' }) end\n");
    rig_settle(r);
    assert_string_equal(rig_result(r, "good", "A"), "true");
    assert_holds_words(rig_why(r, "bad", "A"), "usher.xlsx");
    assert_holds_words(rig_why(r, "curious", "A"), "usher.parts");
    rig_end(r);
}

static void what_is_no_table_is_refused_at_the_line_of_the_script(void **state)
{
    if (!sheet_reads()) skip();
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", HEAD "\nusher.sheet('name,mail')\n");
    assert_holds_words(rig_try_begin(r), "test.lua:3: usher.sheet: this is no .xlsx file");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_script_writes_it_reads_again),
        cmocka_unit_test(a_flow_asks_for_no_spreadsheet_but_in_decide),
        cmocka_unit_test(what_is_no_table_is_refused_at_the_line_of_the_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
