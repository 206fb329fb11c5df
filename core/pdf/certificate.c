// SPDX-License-Identifier: MIT
#include "pdf/certificate.h"

#include "base/instant.h"
#include "base/utf8.h"
#include "pdf/late.h"
#include "pdf/letters.h"
#include "pdf/picture.h"
#include "pdf/qr.h"
#include "time/wall.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

// A4 across, in points.
#define PAGE_WIDTH 841.89
#define PAGE_HEIGHT 595.276
#define MIDDLE (PAGE_WIDTH / 2)

#define FRAME 26.0 // from the edge: printers leave out 12 points, some 18
#define FRAME_GAP 5.0
#define CORNER 15.0

// The text stands in the middle, between the frame and the foot with signatures and the code.
#define BODY_TOP 52.0
#define BODY_BOTTOM 432.0
#define BODY_WIDTH 640.0
#define SCALE_LEAST 0.5 // then the smallest text has 5.5 points
#define SCALE_STEP 0.96
#define GAP_MOST 1.7 // a short text is spread, but does not fall apart

#define FOOT_TOP 446.0
#define LINE_AT 494.0 // on which one signs
#define SIGNED_LEFT 70.0
#define SIGNED_WIDTH 200.0
#define SIGNED_APART 230.0
#define CODE_WIDTH 150.0
#define CODE_LEFT (PAGE_WIDTH - 62.0 - CODE_WIDTH)
#define QR_SIDE 76.0

#define LOGO_HEIGHT 54.0
#define LOGO_WIDTH 220.0
#define SIGNATURE_HEIGHT 44.0

#define TEXT_LEN_MAX 500
#define LONG_LEN_MAX 2000
#define DETAILS_MAX 8
#define SIGNED_MAX 2
#define BLOCKS_MAX (7 + DETAILS_MAX)

static const struct colour ink = {0.13, 0.12, 0.12}, quiet = {0.36, 0.34, 0.33}, red = {0.45, 0.09, 0.11},
                           gold = {0.71, 0.55, 0.24};

// What is on its way onto the page.
struct page {
    struct record said;
    cairo_t *cr;
    PangoContext *context;
    cairo_surface_t *logo, *signature;
    struct letters blocks[BLOCKS_MAX];
    size_t blocks_n, name_at; // which block is the name
    double scale;
    struct err *e;
};

bool certificate_is_built_in(void)
{
    return true;
}

// ---- the record ---------------------------------------------------------------------------------------

static int check_text(const char *what, struct text t, size_t max, struct err *e)
{
    if (!utf8_valid(t)) return err_set(e, ERR_INPUT, "the certificate's %s is not UTF-8", what);
    if (t.len <= max) return 0;
    return err_set(e, ERR_LIMIT, "the certificate's %s has %zu bytes; at most %zu fit on the page", what,
        t.len, max);
}

static int check_list(const char *what, struct record list, size_t max, struct err *e)
{
    enum record_kind kind = record_kind(list);
    if (kind == RECORD_NONE || kind == RECORD_NIL || record_count(list) == 0) return 0;
    if (kind != RECORD_LIST || record_count(list) > max)
        return err_set(e, ERR_LIMIT, "the certificate's %s are a list of at most %zu texts", what, max);
    for (struct record_iter it = record_each(list); record_next(&it);) {
        struct text t;
        if (!record_text(it.value, &t))
            return err_set(e, ERR_INPUT, "the certificate's %s are a list of texts", what);
        int failed = check_text(what, t, TEXT_LEN_MAX, e);
        if (failed) return failed;
    }
    return 0;
}

static int check(struct record said, struct err *e)
{
    static const char *const texts[] = {"logo", "host", "title", "before", "name", "what", "issued",
        "signature", "url", "code", "check"};
    if (record_kind(said) != RECORD_MAP) return err_set(e, ERR_INPUT, "a certificate must be a map");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int failed = check_text(texts[i], record_get_text(said, texts[i]), TEXT_LEN_MAX, e);
        if (failed) return failed;
    }
    if (!record_get_text(said, "name").len || !record_get_text(said, "title").len)
        return err_set(e, ERR_INPUT, "a certificate has a title and a name");
    int failed = check_text("text", record_get_text(said, "text"), LONG_LEN_MAX, e);
    if (!failed) failed = check_list("details", record_get(said, "details"), DETAILS_MAX, e);
    return failed ? failed : check_list("signatures", record_get(said, "signed"), SIGNED_MAX, e);
}

// ---- pictures -----------------------------------------------------------------------------------------

static cairo_status_t read_png(void *ctx, unsigned char *out, unsigned len)
{
    struct text *rest = ctx;
    if (len > rest->len) return CAIRO_STATUS_READ_ERROR;
    memcpy(out, rest->data, len);
    rest->data += len;
    rest->len -= len;
    return CAIRO_STATUS_SUCCESS;
}

static int open_picture(struct record said, const char *field, cairo_surface_t **out, struct err *e)
{
    struct text hash = record_get_text(said, field), png;
    if (!hash.len) return 0;
    png = picture_find(hash);
    if (!png.data)
        return err_set(e, ERR_USAGE, "the certificate's %s is not here yet: its script has to be loaded",
            field);
    *out = cairo_image_surface_create_from_png_stream(read_png, &png);
    cairo_status_t status = cairo_surface_status(*out);
    if (!status) return 0;
    return err_set(e, ERR_INPUT, "the certificate's %s can't be read: %s", field,
        cairo_status_to_string(status));
}

// Within the height and the width; `x` is its middle or its left edge.
static void put_picture(cairo_t *cr, cairo_surface_t *picture, double x, double bottom, double height,
    double width, int align)
{
    double w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    double scale = height / h < width / w ? height / h : width / w;
    cairo_save(cr);
    cairo_translate(cr, align == LETTERS_CENTRE ? x - w * scale / 2 : x, bottom - h * scale);
    cairo_scale(cr, scale, scale);
    cairo_set_source_surface(cr, picture, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
}

// ---- the frame ----------------------------------------------------------------------------------------

static void set_colour(cairo_t *cr, struct colour c)
{
    cairo_set_source_rgb(cr, c.red, c.green, c.blue);
}

static void frame_at(cairo_t *cr, double inset, double line, struct colour c)
{
    set_colour(cr, c);
    cairo_set_line_width(cr, line);
    cairo_rectangle(cr, inset, inset, PAGE_WIDTH - 2 * inset, PAGE_HEIGHT - 2 * inset);
    cairo_stroke(cr);
}

static void put_corner(cairo_t *cr, double x, double y)
{
    set_colour(cr, (struct colour){1, 1, 1});
    cairo_rectangle(cr, x - CORNER / 2, y - CORNER / 2, CORNER, CORNER);
    cairo_fill(cr);
    set_colour(cr, red);
    cairo_set_line_width(cr, 1.4);
    cairo_rectangle(cr, x - CORNER / 2, y - CORNER / 2, CORNER, CORNER);
    cairo_stroke(cr);
    set_colour(cr, gold);
    cairo_move_to(cr, x, y - CORNER / 4);
    cairo_line_to(cr, x + CORNER / 4, y);
    cairo_line_to(cr, x, y + CORNER / 4);
    cairo_line_to(cr, x - CORNER / 4, y);
    cairo_fill(cr);
}

static void put_frame(cairo_t *cr)
{
    double near = FRAME + FRAME_GAP / 2, far_x = PAGE_WIDTH - near, far_y = PAGE_HEIGHT - near;
    frame_at(cr, FRAME, 1.8, red);
    frame_at(cr, FRAME + FRAME_GAP, 0.6, gold);
    put_corner(cr, near, near);
    put_corner(cr, far_x, near);
    put_corner(cr, near, far_y);
    put_corner(cr, far_x, far_y);
}

// ---- the body -----------------------------------------------------------------------------------------

static void add_block(struct page *p, struct letters l)
{
    if (l.text.len) p->blocks[p->blocks_n++] = l;
}

static void add_blocks(struct page *p)
{
    struct record said = p->said;
    add_block(p,
        (struct letters){.text = record_get_text(said, "host"), .size = 14, .spacing = 0.4, .colour = quiet});
    add_block(p, (struct letters){.text = record_get_text(said, "title"),
                     .size = 38,
                     .gap = 14,
                     .one_line = true,
                     .colour = red});
    add_block(p,
        (struct letters){.text = record_get_text(said, "before"), .size = 15, .gap = 18, .colour = quiet});
    p->name_at = p->blocks_n;
    add_block(p, (struct letters){.text = record_get_text(said, "name"),
                     .size = 34,
                     .gap = 8,
                     .one_line = true,
                     .colour = ink});
    add_block(p,
        (struct letters){.text = record_get_text(said, "text"), .size = 15, .gap = 20, .colour = quiet});
    add_block(p,
        (struct letters){.text = record_get_text(said, "what"), .size = 21, .gap = 10, .colour = ink});
    double gap = 9;
    for (struct record_iter it = record_each(record_get(said, "details")); record_next(&it); gap = 2) {
        struct text line = {0};
        record_text(it.value, &line);
        add_block(p, (struct letters){.text = line, .size = 14, .gap = gap, .colour = ink});
    }
    add_block(p,
        (struct letters){.text = record_get_text(said, "issued"), .size = 12, .gap = 13, .colour = quiet});
}

static double logo_height(const struct page *p)
{
    return p->logo ? LOGO_HEIGHT + 8 : 0;
}

// All blocks at one scale: how much of the body they take, and how much of that are gaps.
static int set_blocks(struct page *p, double scale, double *total, double *gaps)
{
    *total = logo_height(p);
    *gaps = 0;
    for (size_t i = 0; i < p->blocks_n; i++) {
        int failed = letters_set(p->context, &p->blocks[i], scale, BODY_WIDTH, LETTERS_CENTRE, p->e);
        if (failed) return failed;
        double gap = i ? p->blocks[i].gap * scale : 0;
        *total += p->blocks[i].height + gap;
        *gaps += gap;
    }
    return 0;
}

static void put_rule(struct page *p, double y)
{
    set_colour(p->cr, gold);
    cairo_set_line_width(p->cr, 0.7);
    cairo_move_to(p->cr, MIDDLE - 190, y);
    cairo_line_to(p->cr, MIDDLE + 190, y);
    cairo_stroke(p->cr);
}

// What does not fit is set smaller, all by the same measure; what is short is spread.
static int put_body(struct page *p)
{
    double room = BODY_BOTTOM - BODY_TOP, total, gaps, scale = 1;
    add_blocks(p);
    int failed = set_blocks(p, scale, &total, &gaps);
    while (!failed && total > room && scale > SCALE_LEAST)
        failed = set_blocks(p, scale *= SCALE_STEP, &total, &gaps);
    if (failed) return failed;
    if (total > room)
        return err_set(p->e, ERR_LIMIT, "the certificate's texts are too long for one page: shorten them");
    double spread = gaps > 0 ? 1 + (room - total) / gaps : 1;
    if (spread > GAP_MOST) spread = GAP_MOST;
    double y = BODY_TOP + (room - total - gaps * (spread - 1)) / 2;
    if (p->logo)
        put_picture(p->cr, p->logo, MIDDLE, y + LOGO_HEIGHT, LOGO_HEIGHT, LOGO_WIDTH, LETTERS_CENTRE);
    y += logo_height(p);
    for (size_t i = 0; i < p->blocks_n; i++) {
        if (i) y += p->blocks[i].gap * scale * spread;
        letters_show(&p->blocks[i], p->cr, MIDDLE - BODY_WIDTH / 2, y);
        y += p->blocks[i].height;
        if (i == p->name_at) put_rule(p, y + 3);
    }
    return 0;
}

// ---- the foot -----------------------------------------------------------------------------------------

static int put_letters(struct page *p, struct letters l, double x, double *y, double width, int align)
{
    int failed = letters_set(p->context, &l, 1, width, align, p->e);
    if (!failed) letters_show(&l, p->cr, x, *y);
    *y += l.height;
    letters_release(&l);
    return failed;
}

static int put_signed(struct page *p, struct text who, size_t number)
{
    double x = SIGNED_LEFT + (double)number * SIGNED_APART, y = LINE_AT + 4;
    if (p->signature && number == 0)
        put_picture(p->cr, p->signature, x + 6, LINE_AT - 2, SIGNATURE_HEIGHT, SIGNED_WIDTH, LETTERS_LEFT);
    set_colour(p->cr, quiet);
    cairo_set_line_width(p->cr, 0.6);
    cairo_move_to(p->cr, x, LINE_AT);
    cairo_line_to(p->cr, x + SIGNED_WIDTH, LINE_AT);
    cairo_stroke(p->cr);
    return put_letters(p, (struct letters){.text = who, .size = 11.5, .colour = ink}, x, &y, SIGNED_WIDTH,
        LETTERS_LEFT);
}

static int put_qr(struct page *p, double x, double y)
{
    struct qr qr = {0};
    int failed = qr_make(record_get_text(p->said, "url"), &qr, p->e);
    if (failed) return failed;
    double unit = QR_SIDE / qr.side;
    set_colour(p->cr, ink);
    for (int row = 0; row < qr.side; row++) {
        const unsigned char *modules = qr.modules + (size_t)row * (size_t)qr.side;
        for (int from = 0, to; from < qr.side; from = to + 1) {
            for (to = from; to < qr.side && modules[to]; to++) continue;
            if (to > from) cairo_rectangle(p->cr, x + from * unit, y + row * unit, (to - from) * unit, unit);
        }
    }
    cairo_fill(p->cr); // one path: no hairlines between its squares
    qr_release(&qr);
    return 0;
}

static int put_code(struct page *p)
{
    struct text code = record_get_text(p->said, "code");
    double y = FOOT_TOP;
    bool drawn = qr_is_built_in() && record_get_text(p->said, "url").len > 0;
    int failed = drawn ? put_qr(p, CODE_LEFT + (CODE_WIDTH - QR_SIDE) / 2, y) : 0;
    if (failed || !code.len) return failed;
    y += drawn ? QR_SIDE + 3 : 28;
    failed = put_letters(p, (struct letters){.text = code, .size = 11.5, .spacing = 0.6, .colour = ink},
        CODE_LEFT, &y, CODE_WIDTH, LETTERS_CENTRE);
    if (failed) return failed;
    return put_letters(p,
        (struct letters){.text = record_get_text(p->said, "check"), .size = 7.5, .colour = quiet}, CODE_LEFT,
        &y, CODE_WIDTH, LETTERS_CENTRE);
}

static int put_foot(struct page *p)
{
    size_t n = 0;
    int failed = 0;
    for (struct record_iter it = record_each(record_get(p->said, "signed")); !failed && record_next(&it);) {
        struct text who = {0};
        record_text(it.value, &who);
        failed = put_signed(p, who, n++);
    }
    return failed ? failed : put_code(p);
}

// ---- the file -----------------------------------------------------------------------------------------

static cairo_status_t write_pdf(void *ctx, const unsigned char *data, unsigned len)
{
    buf_add(ctx, data, len);
    return CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *pdf, struct record said)
{
    static const struct {
        cairo_pdf_metadata_t as;
        const char *field;
    } fields[] = {{CAIRO_PDF_METADATA_TITLE, "title"}, {CAIRO_PDF_METADATA_AUTHOR, "host"},
        {CAIRO_PDF_METADATA_SUBJECT, "what"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct buf z;
        buf_init(&z, TEXT_LEN_MAX);
        buf_addt(&z, record_get_text(said, fields[i].field));
        if (z.len) cairo_pdf_surface_set_metadata(pdf, fields[i].as, buf_z(&z));
        buf_release(&z);
    }
    char at[40];
    struct civil c = wall_civil((struct wall){record_get_int(said, "created", 0) / SECOND_MS});
    snprintf(at, sizeof at, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)c.year, c.month, c.day, c.hour, c.minute,
        c.second);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, at);
}

static void page_release(struct page *p)
{
    for (size_t i = 0; i < p->blocks_n; i++) letters_release(&p->blocks[i]);
    if (p->logo) cairo_surface_destroy(p->logo);
    if (p->signature) cairo_surface_destroy(p->signature);
    if (p->context) g_object_unref(p->context);
    if (p->cr) cairo_destroy(p->cr);
}

// Of letters in a language that they are not used for, Pango asks the environment which one is meant. So
// each run says a language of its own (letters.c), and the page says one for the rest.
static void settle_context(PangoContext *context)
{
    pango_context_set_language(context, pango_language_from_string("en"));
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
}

static int put_page(struct record said, cairo_surface_t *pdf, PangoFontMap *fonts, struct err *e)
{
    struct page p = {.said = said, .e = e};
    p.cr = cairo_create(pdf);
    p.context = pango_font_map_create_context(fonts);
    settle_context(p.context);
    int failed = open_picture(said, "logo", &p.logo, e);
    if (!failed) failed = open_picture(said, "signature", &p.signature, e);
    if (!failed) put_frame(p.cr);
    if (!failed) failed = put_body(&p);
    if (!failed) failed = put_foot(&p);
    if (!failed) cairo_show_page(p.cr);
    cairo_status_t status = cairo_status(p.cr);
    if (!failed && status)
        failed = err_set(e, ERR_INPUT, "the certificate can't be drawn: %s", cairo_status_to_string(status));
    page_release(&p);
    return failed;
}

static int draw(struct record said, PangoFontMap *fonts, struct buf *out, struct err *e)
{
    struct buf bytes;
    buf_init(&bytes, CERTIFICATE_LEN_MAX);
    cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(write_pdf, &bytes, PAGE_WIDTH, PAGE_HEIGHT);
    describe(pdf, said);
    int failed = put_page(said, pdf, fonts, e);
    cairo_surface_finish(pdf);
    if (!failed && (cairo_surface_status(pdf) || bytes.over))
        failed = err_set(e, ERR_LIMIT, "the certificate passes %u MiB: take smaller pictures",
            CERTIFICATE_LEN_MAX >> 20);
    cairo_surface_destroy(pdf);
    if (!failed) buf_addt(out, buf_text(&bytes));
    buf_release(&bytes);
    return failed;
}

int certificate_draw(struct record said, struct buf *out, struct err *e)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static PangoFontMap *fonts; // finding the fonts is what the first page takes 100 ms for
    struct err own = {0};
    if (!e) e = &own;
    int failed = check(said, e);
    if (failed) return failed;
    pthread_mutex_lock(&lock);
    failed = pdf_late_open(e);
    if (!failed) {
        if (!fonts) fonts = pango_cairo_font_map_new();
        failed = draw(said, fonts, out, e);
        if (failed == -ERR_USAGE) { // a font may be installed now: it is looked for anew next time
            g_object_unref(fonts);
            fonts = NULL;
            FcInitReinitialize();
        }
    }
    pthread_mutex_unlock(&lock);
    return failed;
}
