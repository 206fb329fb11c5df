// SPDX-License-Identifier: MIT
#include "pdf/letters.h"

#include "base/utf8.h"

#include <string.h>

// The first that is here is taken; Garamond is the one that the page was designed with. One weight: a bold
// one is missing, or lacks letters, in too many fonts, and is then smeared from the other.
#define FONTS "EB Garamond 12, Noto Serif, DejaVu Serif, serif"
#define FONTS_TIBETAN "DDC Uchen, Noto Serif Tibetan, Jomolhari"
#define FIGURES "lnum=1,tnum=1" // a code has figures as tall as its letters, and so have dates
#define TIBETAN_SCALE 1.25      // beside Latin letters of one size they look small
#define ONE_LINE_LEAST 0.62
#define ONE_LINE_STEP 0.96
#define LINE_SPACING 1.02f

#define TEXT_MAX 4096

// ---- what is written ----------------------------------------------------------------------------------

// U+202A..202E and U+2066..2069 turn the order of letters round: a name could be read as another one.
static bool turns_round(struct text c)
{
    const unsigned char *b = (const unsigned char *)c.data;
    return c.len == 3 && b[0] == 0xe2 &&
           ((b[1] == 0x80 && b[2] >= 0xaa && b[2] <= 0xae) || (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9));
}

// Without what is no letter. Line breaks stay.
static void add_clean(struct text in, struct buf *out)
{
    while (in.len) {
        size_t n = utf8_step(in);
        if (n == 0) n = 1; // certificate.c has refused it
        bool control = n == 1 && (unsigned char)in.data[0] < ' ' && in.data[0] != '\n';
        if (control) buf_addc(out, ' ');
        else if (!turns_round((struct text){in.data, n})) buf_add(out, in.data, n);
        in.data += n;
        in.len -= n;
    }
}

// U+0F00..0FFF
static bool is_tibetan(struct text c)
{
    return c.len == 3 && (unsigned char)c.data[0] == 0xe0 && (unsigned char)c.data[1] >= 0xbc &&
           (unsigned char)c.data[1] <= 0xbf;
}

// ---- fonts --------------------------------------------------------------------------------------------

static void add_run(PangoAttrList *list, PangoAttribute *a, size_t from, size_t to)
{
    a->start_index = (guint)from;
    a->end_index = (guint)to;
    pango_attr_list_insert(list, a);
}

static void add_tibetan(PangoAttrList *list, size_t from, size_t to)
{
    add_run(list, pango_attr_family_new(FONTS_TIBETAN), from, to);
    add_run(list, pango_attr_language_new(pango_language_from_string("dz")), from, to);
    add_run(list, pango_attr_style_new(PANGO_STYLE_NORMAL), from, to);
    add_run(list, pango_attr_weight_new(PANGO_WEIGHT_NORMAL), from, to);
    add_run(list, pango_attr_letter_spacing_new(0), from, to);
    add_run(list, pango_attr_scale_new(TIBETAN_SCALE), from, to);
}

// One run for Tibetan letters and the spaces between them.
static bool add_fonts(PangoAttrList *list, struct text text)
{
    size_t from = 0, to = 0;
    bool any = false;
    for (size_t i = 0, n; i < text.len; i += n) {
        n = utf8_step((struct text){text.data + i, text.len - i});
        if (n == 0) n = 1;
        struct text c = {text.data + i, n};
        if (is_tibetan(c)) {
            if (!to) from = i;
            to = i + n;
            any = true;
        } else if (to && text.data[i] != ' ') {
            add_tibetan(list, from, to);
            to = 0;
        }
    }
    if (to) add_tibetan(list, from, to);
    return any;
}

static int missing_font(struct text text, bool tibetan, struct err *e)
{
    int shown = text.len > 80 ? 80 : (int)text.len;
    while (shown && ((unsigned char)text.data[shown] & 0xc0) == 0x80) shown--;
    return err_set(e, ERR_USAGE,
        tibetan
            ? "no font here has all letters of \"%.*s\": install fonts-ddc-uchen, which has those of Dzongkha"
            : "no font here has all letters of \"%.*s\": install fonts-noto-core, or a font of that script",
        shown, text.data);
}

// ---- setting ------------------------------------------------------------------------------------------

static void set_size(struct letters *l, double size, double width)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, FONTS);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(l->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(l->layout, (int)(width * PANGO_SCALE));
}

static void make_fit(struct letters *l, double size, double width)
{
    set_size(l, size, width);
    double least = l->one_line ? size * ONE_LINE_LEAST : size;
    while (size * ONE_LINE_STEP >= least && pango_layout_get_line_count(l->layout) > 1)
        set_size(l, size *= ONE_LINE_STEP, width);
}

int letters_set(PangoContext *context, struct letters *l, double scale, double width, int align,
    struct err *e)
{
    struct buf clean;
    letters_release(l);
    buf_init(&clean, TEXT_MAX);
    add_clean(l->text, &clean);
    struct text text = {buf_z(&clean), clean.len};
    l->layout = pango_layout_new(context);
    pango_layout_set_text(l->layout, text.data, (int)text.len);
    pango_layout_set_wrap(l->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(l->layout, LINE_SPACING);
    pango_layout_set_alignment(l->layout, align == LETTERS_CENTRE ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    PangoAttrList *list = pango_attr_list_new();
    if (l->spacing > 0)
        add_run(list, pango_attr_letter_spacing_new((int)(l->spacing * PANGO_SCALE)), 0, text.len);
    add_run(list, pango_attr_font_features_new(FIGURES), 0, text.len);
    bool tibetan = add_fonts(list, text);
    pango_layout_set_attributes(l->layout, list);
    pango_attr_list_unref(list);
    make_fit(l, l->size * scale, width);
    int height;
    pango_layout_get_size(l->layout, NULL, &height);
    l->height = (double)height / PANGO_SCALE;
    int failed = 0;
    if (pango_layout_get_unknown_glyphs_count(l->layout) > 0) failed = missing_font(text, tibetan, e);
    buf_release(&clean);
    return failed;
}

void letters_show(const struct letters *l, cairo_t *cr, double x, double y)
{
    cairo_set_source_rgb(cr, l->colour.red, l->colour.green, l->colour.blue);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, l->layout);
}

void letters_release(struct letters *l)
{
    if (l->layout) g_object_unref(l->layout);
    l->layout = NULL;
}
