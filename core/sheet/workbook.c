// SPDX-License-Identifier: MIT
// workbook: from the bytes of a file to the sheet that is wanted. Parts name each other by relationships
// (_rels/.rels, xl/_rels/workbook.xml.rels); only those of the package and of the workbook are followed, each
// once, so that relationships in a circle lead nowhere.
#include "sheet/grid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHEETS_MAX 256
#define NAME_MAX_LEN 256

struct one_sheet {
    char name[NAME_MAX_LEN], id[64];
    bool hidden;
};

struct relation {
    char id[64], kind[64], part[PACKAGE_NAME_MAX];
};

struct relations {
    const char *folder; // that targets start from, with its / at the end
    struct relation *list;
    size_t n;
};

struct workbook {
    struct package package;
    char part[PACKAGE_NAME_MAX], folder[PACKAGE_NAME_MAX];
    struct relations relations;
    struct one_sheet sheets[SHEETS_MAX];
    size_t sheets_n;
    bool since_1904;
    struct strings strings;
    struct styles styles;
    struct grid grid;
};

// ---- what it is -----------------------------------------------------------------------------------------

static bool begins(struct text t, const void *bytes, size_t len)
{
    return t.len >= len && memcmp(t.data, bytes, len) == 0;
}

#define HOLDS(t, literal) (memmem((t).data, (t).len, literal, sizeof(literal) - 1) != NULL)

const char *sheet_refusal(struct text bytes)
{
    struct text head = {bytes.data, bytes.len < 4096 ? bytes.len : 4096};
    if (begins(bytes, "\xd0\xcf\x11\xe0", 4)) {
        // Both are OLE files; one that is locked has a stream of this name, in UTF-16.
        return HOLDS(bytes, "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e")
                   ? "the file has a password: open it, save it without one, and try again"
                   : "this is an old .xls file: open it and save it as .xlsx (or as CSV UTF-8)";
    }
    if (begins(bytes, "PK\3\4", 4)) {
        if (HOLDS(head, "application/vnd.oasis.opendocument"))
            return "this is an .ods file (OpenDocument): open it and save it as .xlsx (or as CSV UTF-8)";
        return NULL;
    }
    if (HOLDS(head, "<html") || HOLDS(head, "<table") || HOLDS(head, "<?xml") || HOLDS(head, "<HTML"))
        return "this is a web page or XML and no .xlsx file, whatever its name says: open it in a "
               "spreadsheet and save "
               "it as .xlsx";
    return bytes.len == 0
               ? "the file is empty"
               : "this is no .xlsx file: open it in a spreadsheet and save it as .xlsx (or as CSV UTF-8)";
}

// ---- relationships --------------------------------------------------------------------------------------

static void copy(char *out, size_t room, const char *from)
{
    snprintf(out, room, "%s", from ? from : "");
}

// One step of a path, to the end of `out`: ".." goes up, "." stays.
static void step_to(char *out, struct text step)
{
    size_t len = strlen(out);
    if (text_is(step, "..")) {
        char *slash = strrchr(out, '/');
        *(slash ? slash : out) = 0;
    } else if (step.len && !text_is(step, ".")) {
        snprintf(out + len, PACKAGE_NAME_MAX - len, "%s%.*s", len ? "/" : "", (int)step.len, step.data);
    }
}

static void step_along(char *out, const char *path)
{
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        step_to(out, (struct text){path, len});
    }
}

// A target from its folder: "/xl/a.xml" is whole, "../a.xml" goes up.
static void resolve(const char *folder, const char *target, char *out)
{
    *out = 0;
    if (*target != '/') step_along(out, folder);
    step_along(out, target);
}

static void on_relation(void *ctx, struct xml *x, const char *name, const char **attributes)
{
    struct relations *r = ctx;
    const char *type = xml_attribute(attributes, "Type"), *target = xml_attribute(attributes, "Target");
    const char *mode = xml_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || !type || !target || (mode && strcmp(mode, "External") == 0))
        return;
    if (r->n == SHEET_ENTRIES_MAX) {
        xml_refuse(x, ERR_LIMIT, "the file has more than %d relationships", SHEET_ENTRIES_MAX);
        return;
    }
    if ((r->n & (r->n - 1)) == 0) r->list = mem_grow(r->list, (r->n ? 2 * r->n : 1) * sizeof *r->list);
    struct relation *one = &r->list[r->n++];
    const char *slash = strrchr(type, '/');
    copy(one->id, sizeof one->id, xml_attribute(attributes, "Id"));
    copy(one->kind, sizeof one->kind, slash ? slash + 1 : type);
    resolve(r->folder, target, one->part);
}

static int read_relations(struct relations *r, struct package *p, const char *part, struct err *e)
{
    static const struct xml_reader reader = {on_relation, NULL, NULL};
    return xml_read(p, part, &reader, r, e);
}

// By its id, or the first of a kind; NULL: there is none.
static const char *related(const struct relations *r, const char *id, const char *kind)
{
    for (size_t i = 0; i < r->n; i++) {
        if (id ? strcmp(r->list[i].id, id) == 0 : strcmp(r->list[i].kind, kind) == 0) return r->list[i].part;
    }
    return NULL;
}

// ---- the workbook ---------------------------------------------------------------------------------------

static void on_workbook(void *ctx, struct xml *x, const char *name, const char **attributes)
{
    struct workbook *w = ctx;
    const char *state = xml_attribute(attributes, "state");
    if (strcmp(name, "workbookPr") == 0) w->since_1904 = xml_truth(attributes, "date1904");
    if (strcmp(name, "sheet") != 0) return;
    if (w->sheets_n == SHEETS_MAX) {
        xml_refuse(x, ERR_LIMIT, "the file has more than %d sheets", SHEETS_MAX);
        return;
    }
    struct one_sheet *sheet = &w->sheets[w->sheets_n++];
    copy(sheet->name, sizeof sheet->name, xml_attribute(attributes, "name"));
    // "id" with a prefix; sheetId is another.
    copy(sheet->id, sizeof sheet->id, xml_attribute(attributes, "id"));
    sheet->hidden = state && strcmp(state, "visible") != 0;
}

static int find_workbook(struct workbook *w, struct err *e)
{
    struct relations roots = {.folder = ""};
    if (!package_has(&w->package, "_rels/.rels"))
        return err_set(e, ERR_INPUT,
            "this is a ZIP file and no .xlsx: open the list in a spreadsheet and save it");
    int failed = read_relations(&roots, &w->package, "_rels/.rels", e);
    const char *part = failed ? NULL : related(&roots, NULL, "officeDocument");
    if (!failed && !part) failed = err_set(e, ERR_INPUT, "this is no spreadsheet: it names no workbook");
    size_t len = part ? strlen(part) : 0;
    if (!failed && len > 4 && strcasecmp(part + len - 4, ".bin") == 0)
        failed = err_set(e, ERR_INPUT, "this is an .xlsb file: open it and save it as .xlsx");
    copy(w->part, sizeof w->part, part);
    free(roots.list);
    return failed;
}

static int open_workbook(struct workbook *w, struct err *e)
{
    static const struct xml_reader reader = {on_workbook, NULL, NULL};
    char rels[2 * PACKAGE_NAME_MAX + 16];
    int failed = find_workbook(w, e);
    if (failed) return failed;
    const char *slash = strrchr(w->part, '/'), *name = slash ? slash + 1 : w->part;
    snprintf(w->folder, sizeof w->folder, "%.*s", (int)(name - w->part), w->part);
    snprintf(rels, sizeof rels, "%s_rels/%s.rels", w->folder, name);
    w->relations.folder = w->folder;
    failed = xml_read(&w->package, w->part, &reader, w, e);
    return failed ? failed : read_relations(&w->relations, &w->package, rels, e);
}

// Texts and styles; a small file may have neither.
static int read_shared(struct workbook *w, struct err *e)
{
    const char *strings = related(&w->relations, NULL, "sharedStrings");
    const char *styles = related(&w->relations, NULL, "styles");
    int failed = 0;
    if (strings && package_has(&w->package, strings))
        failed = strings_read(&w->strings, &w->package, strings, e);
    if (!failed && styles && package_has(&w->package, styles))
        failed = styles_read(&w->styles, &w->package, styles, e);
    return failed;
}

// ---- which sheet ----------------------------------------------------------------------------------------

static int no_such_sheet(const struct workbook *w, struct text wanted, struct err *e)
{
    struct buf names;
    buf_init(&names, 400);
    for (size_t i = 0; i < w->sheets_n; i++) buf_addf(&names, "%s'%s'", i ? ", " : "", w->sheets[i].name);
    int failed = err_set(e, ERR_INPUT, "there is no sheet '%.*s' in it: there is %s",
        (int)(wanted.len < 100 ? wanted.len : 100), wanted.data, buf_z(&names));
    buf_release(&names);
    return failed;
}

static const struct one_sheet *choose(const struct workbook *w, struct text wanted, struct err *e)
{
    const struct one_sheet *first = NULL;
    for (size_t i = 0; i < w->sheets_n; i++) {
        const struct one_sheet *s = &w->sheets[i];
        if (wanted.len && strlen(s->name) == wanted.len && strncasecmp(s->name, wanted.data, wanted.len) == 0)
            return s;
        if (!first && !s->hidden) first = s;
    }
    if (wanted.len) no_such_sheet(w, wanted, e);
    else if (!first) err_set(e, ERR_INPUT, "every sheet of it is hidden: name the one that is meant");
    return wanted.len ? NULL : first;
}

static int read_sheet(struct workbook *w, const struct one_sheet *sheet, struct err *e)
{
    const char *part = related(&w->relations, sheet->id, NULL);
    if (!part)
        return err_set(e, ERR_INPUT, "the file is damaged (it has no sheet '%s'): open it and save it again",
            sheet->name);
    grid_init(&w->grid, &w->strings, &w->styles, w->since_1904);
    return grid_read(&w->grid, &w->package, part, e);
}

static void put_sheets(const struct workbook *w, struct buf *out)
{
    record_put_list(out, w->sheets_n);
    for (size_t i = 0; i < w->sheets_n; i++) {
        struct record_map map;
        record_map_init(&map);
        record_map_text(&map, "name", text_of(w->sheets[i].name));
        record_map_bool(&map, "hidden", w->sheets[i].hidden);
        record_map_end(&map, out);
    }
}

static int put_workbook(struct workbook *w, const struct one_sheet *sheet, struct buf *out, struct err *e)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "sheet", text_of(sheet->name));
    put_sheets(w, record_map_key(&map, "sheets"));
    grid_put(&w->grid, &map);
    record_map_end(&map, out);
    return out->over ? err_set(e, ERR_LIMIT, "the sheet holds more text than a list of people") : 0;
}

static int read_workbook(struct workbook *w, struct text bytes, struct text wanted, struct buf *out,
    struct err *e)
{
    int failed = package_open(&w->package, bytes, e);
    if (!failed) failed = open_workbook(w, e);
    if (!failed) failed = read_shared(w, e);
    const struct one_sheet *sheet = failed ? NULL : choose(w, wanted, e);
    if (!failed && !sheet) failed = -(int)ERR_INPUT;
    if (!failed) failed = read_sheet(w, sheet, e);
    return failed ? failed : put_workbook(w, sheet, out, e);
}

int sheet_read(struct text bytes, struct text wanted, struct buf *out, struct err *e)
{
    const char *refusal = sheet_refusal(bytes);
    if (bytes.len > SHEET_FILE_MAX)
        return err_set(e, ERR_LIMIT, "the file is larger than %d MiB", SHEET_FILE_MAX >> 20);
    if (refusal) return err_set(e, ERR_INPUT, "%s", refusal);
    struct workbook *w = mem_alloc(sizeof *w); // its list of sheets is large for a stack
    strings_init(&w->strings);
    int failed = read_workbook(w, bytes, wanted, out, e);
    grid_release(&w->grid);
    strings_release(&w->strings);
    styles_release(&w->styles);
    free(w->relations.list);
    package_close(&w->package);
    free(w);
    return failed;
}

bool sheet_is_built_in(void)
{
    return true;
}

bool sheet_reads(void)
{
    return package_is_there() && xml_is_there();
}
