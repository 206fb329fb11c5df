#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Spreadsheets of other programs, read by usher; and usher's, opened by other programs.

LibreOffice, openpyxl and XlsxWriter write lists as people send them: with typed dates and numbers, shared, inline and
rich texts, formulas, merged cells, hidden rows, the calendar of 1904. What usher exports is opened by LibreOffice and
read by openpyxl, and nothing that a guest wrote may be a formula there.
"""
import csv
import datetime
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import debian_python  # noqa: E402

debian_python.need("openpyxl", "xlsxwriter")
import live  # noqa: E402
import office_suite  # noqa: E402
import openpyxl  # noqa: E402
import web_server  # noqa: E402
import xlsxwriter  # noqa: E402
from errands import equal, holds, main  # noqa: E402

SUITE = office_suite.Suite()
PLACE = tempfile.TemporaryDirectory(prefix="usher-sheet-")
FOLDER = Path(PLACE.name)
EVENT = """
event "e" { title = "Briefing", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "O <o@office.example>" }
"""


def usher(*words, folder=FOLDER):
    """Exit code, and what it printed on both channels."""
    done = subprocess.run([str(live.find_build("usher")), *map(str, words)], cwd=folder, env=live.environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=live.PATIENCE_S)
    return done.returncode, done.stdout


def imported(path, *more):
    """The rows that usher makes of a list, each a map by the list's headings."""
    code, said = usher("import", path, "--into", "none.csv", "--dry", "--json", *more)
    if code:
        raise AssertionError("usher import %s: %s" % (path, said))
    return list(csv.DictReader(io.StringIO(json.loads(said)["csv"].lstrip("\ufeff"))))


def refusal(path, *more):
    code, said = usher("import", path, "--into", "none.csv", "--dry", *more)
    equal(code, 1)
    return said


def write(name, text):
    path = FOLDER / name
    path.write_text(text, encoding="utf-8")
    return path


# ---- what usher exports --------------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1",
           "=cmd|' /C calc'!A0", '=HYPERLINK("http://127.0.0.1:9/?"&A1,"x")', '=WEBSERVICE("http://127.0.0.1:9/")',
           "=DDE(\"soffice\";\"/etc/passwd\";\"A1\")", "'=1+1", "{=1+1}", "http://127.0.0.1:9/", "=1+1;=2", '"=1+1"',
           "_x003D_1+1", "plain", "+975 17 12 34 56", "O'Brien"]
EXPORT = """
usher.describe { id = "tables", title = "Tables", zone = "Asia/Thimphu" }
local csv_out, table_out = require "usher.csv_out", require "usher.table_out"
local rows = {}
for i, text in ipairs(usher.json.decode(usher.file "hostile.json")) do rows[i] = { n = i, name = "N" .. i, text = text,
  mail = ("n%d@x.example"):format(i) } end
local t = { file = "t", title = "A [hostile]/table: *?", columns = { "n", "name", "mail", "text", "=2+2" }, rows = rows }
usher.http.route("GET", "/t.csv", function() return csv_out.of(t) end)
usher.http.route("GET", "/t.xlsx", function() return { type = "application/octet-stream", body = table_out.xlsx { t } } end)
"""
FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]")


def exported():
    """The paths of both files, as they come over HTTP from a running usher."""
    server = web_server.Server(script=EXPORT, files={"hostile.json": json.dumps(HOSTILE)})
    server.start()
    try:
        paths = []
        for name in ("t.csv", "t.xlsx"):
            with urllib.request.urlopen("http://127.0.0.1:%d/%s" % (server.port, name), timeout=live.PATIENCE_S) as answer:
                path = FOLDER / name
                path.write_bytes(answer.read())
                paths.append(path)
        return paths
    finally:
        server.place.close()


CSV, XLSX = exported()


# ---- in: what others write ----------------------------------------------------------------------------------

GUESTS = ("name,mail,group,phone,arrives,share\n"
          "ཀརྨ་རྡོ་རྗེ།,karma@moic.example,Secretaries,97517123456,2021-02-25 14:00,50%\n"
          '"Wangmo, ""Sonam""",sonam@moh.example,Secretaries,17600001,2021-02-24,12.5\n'
          "O'Brien & <Sons>,obrien@a.example,Guests,0,,TRUE\n")


BAD = "name,mail,zone,language\nA,nobody,,\n\n,b@c.example,,\nC,c@c.example,Asia/Thimpu,\nD,d@c.example,,elvish\n"
NEWER = ("name,mail,group\nAlfa,a@x.example,Guests\nB,new@x.example,Guests\nD,d@x.example,Guests\n")
LISTS = [write("from-csv.csv", GUESTS), write("bad.csv", BAD), write("newer.csv", NEWER), CSV]
FROM_CSV, BAD_XLSX, NEWER_XLSX, EXPORT_XLSX = SUITE.from_csv("xlsx", *LISTS)


def check_a_list_that_libreoffice_made_of_csv_is_the_list():
    rows = imported(FROM_CSV)
    equal([r["name"] for r in rows], ["ཀརྨ་རྡོ་རྗེ།", 'Wangmo, "Sonam"', "O'Brien & <Sons>"])
    equal([r["phone"] for r in rows], ["97517123456", "17600001", "0"])
    equal([r["arrives"] for r in rows], ["2021-02-25 14:00", "2021-02-24", ""])
    equal([r["share"] for r in rows], ["50%", "12.5", "TRUE"])


def check_what_is_wrong_is_told_with_row_and_column_and_nothing_is_taken():
    said = refusal(BAD_XLSX)
    for line in ("bad.xlsx was not taken, 4 things are wrong",
                 "bad.xlsx, row 2, column B (mail): 'nobody' of A is not a mail address",
                 "bad.xlsx, row 4: a person without a name",
                 "bad.xlsx, row 5, column C (zone): C: unknown time zone",
                 "bad.xlsx, row 6, column D (language): unknown language 'elvish' of D"):
        holds(said, line)
    equal((FOLDER / "none.csv").exists(), False)


def check_the_word_guests_says_the_same():
    (FOLDER / "guests.xlsx").write_bytes(BAD_XLSX.read_bytes())
    script = write("word.lua", EVENT + 'guests "guests.xlsx"\n')
    code, said = usher("check", script)
    equal(code, 1)
    holds(said, "word.lua:3: guests.xlsx was not taken, 4 things are wrong:\n  guests.xlsx, row 2, column B (mail): 'nobody'")


def check_old_xls_and_ods_are_told_apart():
    (old,), (open_document,) = SUITE.from_csv("xls", LISTS[0]), SUITE.from_csv("ods", LISTS[0])
    holds(refusal(old), "this is an old .xls file: open it and save it as .xlsx")
    holds(refusal(open_document), "this is an .ods file")


def check_openpyxl_with_dates_numbers_and_empty_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "mail", "born", "arrives", "clock", "number", "exact", "yes"])
    sheet.append([])
    sheet.append(["A", "a@x.example", datetime.date(1970, 1, 2), datetime.datetime(2021, 2, 25, 14, 0),
                  datetime.time(9, 30), 3.0, 123456789012345, True])
    path = FOLDER / "openpyxl.xlsx"
    book.save(path)
    (row,) = imported(path)
    equal(row, {"name": "A", "mail": "a@x.example", "born": "1970-01-02", "arrives": "2021-02-25 14:00",
                "clock": "09:30", "number": "3", "exact": "123456789012345", "yes": "TRUE"})


def check_a_formula_that_was_never_worked_out_is_told():
    book = openpyxl.Workbook()
    book.active.append(["name", "mail"])
    book.active.append(["=CONCATENATE(\"A\",\"B\")", "a@x.example"])
    path = FOLDER / "formula.xlsx"
    book.save(path)
    holds(refusal(path), "formula.xlsx, row 2, column A (name): its formula was never worked out")
    worked_out, _ = SUITE.convert_all([path, XLSX], "xlsx")  # LibreOffice does it when it saves
    holds(str(imported(worked_out)), "'AB'")


def check_iso_dates_and_the_calendar_of_1904():
    for settings in ({"iso_dates": True}, {"epoch": openpyxl.utils.datetime.CALENDAR_MAC_1904}):
        book = openpyxl.Workbook(**({} if "epoch" in settings else settings))
        book.iso_dates = settings.get("iso_dates", False)
        if "epoch" in settings:
            book.epoch = settings["epoch"]
        book.active.append(["name", "mail", "arrives"])
        book.active.append(["A", "a@x.example", datetime.datetime(2021, 2, 25, 14, 0)])
        path = FOLDER / "dates.xlsx"
        book.save(path)
        equal(imported(path)[0]["arrives"], "2021-02-25 14:00")


def rich_book(path, **options):
    book = xlsxwriter.Workbook(str(path), options)
    notes, sheet = book.add_worksheet("Notes"), book.add_worksheet("Guests")
    notes.hide()
    sheet.activate()
    sheet.set_first_sheet()
    bold = book.add_format({"bold": True})
    for column, name in enumerate(("name", "mail", "group", "seat", "total")):
        sheet.write(0, column, name)
    sheet.write_rich_string(1, 0, "Dasho ", bold, "Karma", " Dorji")
    sheet.write_string(1, 1, "karma@x.example")
    sheet.write_string(1, 2, "Secretaries")
    sheet.write_number(1, 3, 7, book.add_format({"num_format": "0000"}))
    sheet.write_formula(1, 4, "=1+1", None, 2)
    sheet.write_string(2, 0, " Sonam\u00a0Wangmo ")
    sheet.write_string(2, 1, "sonam@x.example")
    sheet.write_formula(2, 4, '="a"&"b"', None, "ab")
    sheet.set_row(2, None, None, {"hidden": True})
    if not options.get("constant_memory"):
        sheet.merge_range("C2:C3", "Secretaries")
    book.close()
    return path


def check_xlsxwriter_with_rich_texts_formulas_merged_cells_and_hidden_rows():
    path = rich_book(FOLDER / "rich.xlsx")
    first, second = imported(path)
    equal(first, {"name": "Dasho Karma Dorji", "mail": "karma@x.example", "group": "Secretaries", "seat": "0007",
                  "total": "2"})
    equal(second, {"name": "Sonam Wangmo", "mail": "sonam@x.example", "group": "Secretaries", "seat": "", "total": "ab"})
    said = usher("import", path, "--into", "none.csv", "--dry")[1]
    holds(said, "1 hidden row of the sheet (a filter?) is read as well")
    holds(said, "only the sheet 'Guests' is read, not 'Notes'")


def check_inline_texts():
    first, second = imported(rich_book(FOLDER / "inline.xlsx", constant_memory=True))
    equal((first["name"], second["name"]), ("Dasho Karma Dorji", "Sonam Wangmo"))


def check_a_sheet_is_chosen_by_its_name():
    path = rich_book(FOLDER / "sheets.xlsx")
    equal(len(imported(path, "--sheet", "guests")), 2)
    holds(refusal(path, "--sheet", "Speakers"), "there is no sheet 'Speakers' in it: there is 'Notes', 'Guests'")
    code, said = usher("check", write("sheet.lua", EVENT + 'guests { file = "sheets.xlsx", sheet = "Guests" }\n'))
    equal(code, 0)


# ---- in: what is meant to hurt ---------------------------------------------------------------------------------

def parts_of(path):
    with zipfile.ZipFile(path) as z:
        return {name: z.read(name) for name in z.namelist()}


def hostile(name, change):
    """A sound file of which `change` makes another: it gets the parts by their names."""
    book = openpyxl.Workbook()
    book.active.append(["name", "mail"])
    book.active.append(["A", "a@x.example"])
    path = FOLDER / name
    book.save(path)
    parts = parts_of(path)
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for part, content in parts.items():
            z.writestr(part, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def check_a_zip_bomb_is_refused():
    def blow_up(parts):
        parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<!--" + b" " * (300 << 20) + b"--><sheetData>")
    holds(refusal(hostile("bomb.xlsx", blow_up)), "it unpacks to far more than a list of people has")


def check_entities_that_grow_are_refused():
    def laugh(parts):
        entities = "".join('<!ENTITY l%d "%s">' % (i + 1, ("&l%d;" % i) * 10) for i in range(9))
        head = '<!DOCTYPE l [<!ENTITY l0 "ha">%s]>' % entities
        parts[SHEET] = head.encode() + re.sub(rb"<\?xml.*?\?>", b"", parts[SHEET]).replace(b">A<", b">&l9;<")
    holds(refusal(hostile("laughs.xlsx", laugh)), "declares a document type, which no spreadsheet does")


def check_an_external_entity_is_not_fetched():
    def reach(parts):
        parts[SHEET] = b'<!DOCTYPE l SYSTEM "file:///etc/passwd">' + re.sub(rb"<\?xml.*?\?>", b"", parts[SHEET])
    holds(refusal(hostile("reach.xlsx", reach)), "declares a document type")


def check_huge_sheets_and_deep_nesting_are_refused():
    def rows(parts):
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b"".join(
            b'<row r="%d"><c t="str"><v>x</v></c></row>' % i for i in range(3, 40000)) + b"</sheetData>")

    def deep(parts):
        parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<a>" * 100000 + b"<sheetData>")

    def far(parts):
        parts[SHEET] = parts[SHEET].replace(b"</row></sheetData>", b'<c r="XFD2"><v>1</v></c></row></sheetData>')
    holds(refusal(hostile("rows.xlsx", rows)), "the sheet has more than 20000 rows")
    holds(refusal(hostile("deep.xlsx", deep)), "is nested too deep")
    holds(refusal(hostile("far.xlsx", far)), "has something in column 16384")


def check_a_size_that_is_only_claimed_costs_nothing():
    def claim(parts):
        parts[SHEET] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', parts[SHEET])
    equal(len(imported(hostile("claim.xlsx", claim))), 1)


def check_relationships_in_a_circle_lead_nowhere():
    def circle(parts):
        name = "xl/_rels/workbook.xml.rels"
        parts[name] = parts[name].replace(b"/xl/worksheets/sheet1.xml", b"/xl/workbook.xml")
    holds(refusal(hostile("circle.xlsx", circle)), "the sheet is no table of cells")


def check_a_file_that_was_cut_off_or_changed_is_refused():
    whole = hostile("whole.xlsx", lambda parts: None).read_bytes()
    path = FOLDER / "cut.xlsx"
    path.write_bytes(whole[:len(whole) * 2 // 3])
    holds(refusal(path), "the file is damaged")
    at = whole.index(b"PK\3\4", 40) + 60  # inside of a packed part
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1:])
    code, said = usher("import", path, "--into", "none.csv", "--dry")
    if code not in (0, 1):  # a part that is not read may be anything
        raise AssertionError(said)


# ---- merging ------------------------------------------------------------------------------------------------

def check_an_import_is_a_merge_and_twice_changes_nothing():
    with tempfile.TemporaryDirectory(prefix="usher-merge-") as name:
        folder = Path(name)
        (folder / "event.lua").write_text(EVENT + 'groups { "Secretaries", "Guests" }\nguests "guests.csv"\n')
        before = "seat;name;E-Mail;group\n1;A;a@x.example;Guests\n2;B;b@x.example;Guests\n3;C;c@x.example;Guests\n"
        (folder / "guests.csv").write_text(before)
        new = NEWER_XLSX
        code, said = usher("import", new, "--dry", folder=folder)
        equal(code, 0)
        for line in ("added: 1\n  D, d@x.example", "A: name 'A' -> 'Alfa'; the key stays 'A'",
                     "B: mail 'b@x.example' -> 'new@x.example'",
                     "gone, and kept in guests.csv (--drop-gone takes them out): 1\n  C, c@x.example", "as before: 0"):
            holds(said, line)
        equal((folder / "guests.csv").read_text(), before)
        code, said = usher("import", new, folder=folder)
        holds(said, "Next: usher plan event.lua")
        after = (folder / "guests.csv").read_text()
        equal(after, "seat;name;E-Mail;group;key\n1;Alfa;a@x.example;Guests;A\n2;B;new@x.example;Guests;\n"
                     "3;C;c@x.example;Guests;\n;D;d@x.example;Guests;\n")
        holds(usher("import", new, folder=folder)[1], "holds all of it already")
        equal((folder / "guests.csv").read_text(), after)
        equal(sorted(os.listdir(folder)), ["event.lua", "guests.csv"])
        (folder / "new.csv").write_text("name,mail,group\nE,e@x.example,Nobody\n")
        code, said = usher("import", "new.csv", folder=folder)
        equal(code, 1)
        holds(said, "nothing was written, because of what the merged list is to event.lua")
        holds(said, "unknown group 'Nobody' of E")
        equal((folder / "guests.csv").read_text(), after)


# ---- out -----------------------------------------------------------------------------------------------------

def cells_of(path):
    return [cell for row in openpyxl.load_workbook(path).active.iter_rows() for cell in row]


def check_libreoffice_works_out_a_formula_that_is_one():
    book = openpyxl.Workbook()
    book.active.append(["=40+2"])
    book.save(FOLDER / "control.xlsx")
    control, shown = SUITE.to_csv(FOLDER / "control.xlsx", XLSX)
    holds(control, "42")  # so the next checks see it if one were executed
    equal("42" in shown, False)


def check_no_cell_of_an_export_is_a_formula():
    for path in (XLSX, SUITE.convert(XLSX, "xlsx"), EXPORT_XLSX, SUITE.convert(XLSX, "ods")):
        if path.suffix == ".ods":
            with zipfile.ZipFile(path) as z:
                equal(b"table:formula" in z.read("content.xml"), False)
            continue
        cells = cells_of(path)
        equal(len(cells) >= 5 * len(HOSTILE), True)
        for cell in cells:
            if cell.data_type == "f" or (isinstance(cell.value, str) and FORMULA.match(cell.value)):
                raise AssertionError("%s: %s is %r (%s)" % (path, cell.coordinate, cell.value, cell.data_type))
            equal(cell.hyperlink, None)


def check_what_libreoffice_shows_is_the_text():
    shown = list(csv.DictReader(io.StringIO(SUITE.to_csv(XLSX)[0])))
    for row, text in zip(shown, HOSTILE):
        guard = "'" if FORMULA.match(text) or text[0] in "\t\r\n" or text.startswith("'=") else ""
        equal(row["text"].split(), (guard + text).split())


def check_the_same_table_is_the_same_file():
    first = XLSX.read_bytes(), CSV.read_bytes()
    again = exported()
    equal((again[1].read_bytes(), again[0].read_bytes()), first)


def check_an_export_comes_back_as_it_was_from_every_program():
    wanted = [" ".join(text.split()) for text in HOSTILE]
    for path in (CSV, XLSX, SUITE.convert(XLSX, "xlsx"), EXPORT_XLSX):
        got = imported(path)
        equal([r["n"] for r in got], [str(i + 1) for i in range(len(HOSTILE))])
        back = [r["text"] for r in got]  # as usher writes it: guarded again
        equal([b[1:] if b.startswith("'") and (FORMULA.match(b[1:]) or b[1:].startswith("'=")) else b for b in back], wanted)


if __name__ == "__main__":
    main(globals())
