// SPDX-License-Identifier: MIT
// late: Pango, Cairo and what stands under them, loaded when the first certificate is drawn and not before.
//
// They are 42 shared objects and 16 MiB once a page was drawn; an event without certificates never needs
// them, and an idle usher must stay small. So one library is found by name at run time, and all functions
// are reached through this table (the loader looks them up in what that library stands on, too); below,
// their names mean its fields. For the files of this folder only.
#pragma once

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/err.h"

#define PDF_LIBRARY "libpangocairo-1.0.so.0"

#define PDF_CALLS(X)                              \
    X(cairo_create)                               \
    X(cairo_destroy)                              \
    X(cairo_fill)                                 \
    X(cairo_image_surface_create_from_png_stream) \
    X(cairo_image_surface_get_height)             \
    X(cairo_image_surface_get_width)              \
    X(cairo_line_to)                              \
    X(cairo_move_to)                              \
    X(cairo_paint)                                \
    X(cairo_pdf_surface_create_for_stream)        \
    X(cairo_pdf_surface_set_metadata)             \
    X(cairo_rectangle)                            \
    X(cairo_restore)                              \
    X(cairo_save)                                 \
    X(cairo_scale)                                \
    X(cairo_set_line_width)                       \
    X(cairo_set_source_rgb)                       \
    X(cairo_set_source_surface)                   \
    X(cairo_show_page)                            \
    X(cairo_status)                               \
    X(cairo_status_to_string)                     \
    X(cairo_stroke)                               \
    X(cairo_surface_destroy)                      \
    X(cairo_surface_finish)                       \
    X(cairo_surface_status)                       \
    X(cairo_translate)                            \
    X(FcInitReinitialize)                         \
    X(g_object_unref)                             \
    X(pango_attr_family_new)                      \
    X(pango_attr_font_features_new)               \
    X(pango_attr_language_new)                    \
    X(pango_attr_letter_spacing_new)              \
    X(pango_attr_list_insert)                     \
    X(pango_attr_list_new)                        \
    X(pango_attr_list_unref)                      \
    X(pango_attr_scale_new)                       \
    X(pango_attr_style_new)                       \
    X(pango_attr_weight_new)                      \
    X(pango_cairo_font_map_new)                   \
    X(pango_cairo_show_layout)                    \
    X(pango_context_set_base_dir)                 \
    X(pango_context_set_language)                 \
    X(pango_font_description_free)                \
    X(pango_font_description_new)                 \
    X(pango_font_description_set_absolute_size)   \
    X(pango_font_description_set_family)          \
    X(pango_font_map_create_context)              \
    X(pango_language_from_string)                 \
    X(pango_layout_get_line_count)                \
    X(pango_layout_get_size)                      \
    X(pango_layout_get_unknown_glyphs_count)      \
    X(pango_layout_new)                           \
    X(pango_layout_set_alignment)                 \
    X(pango_layout_set_attributes)                \
    X(pango_layout_set_font_description)          \
    X(pango_layout_set_line_spacing)              \
    X(pango_layout_set_text)                      \
    X(pango_layout_set_width)                     \
    X(pango_layout_set_wrap)

// Fontconfig has one function here; its header would bring a second spelling of everything.
int FcInitReinitialize(void);

struct pdf_calls {
#define X(name) __typeof__(&name) name##_;
    PDF_CALLS(X)
#undef X
};
extern struct pdf_calls pdf_calls;

// 0, or -USAGE with the package to install. For one thread at a time.
int pdf_late_open(struct err *e);

#ifndef PDF_LATE_TABLE // late.c needs the names themselves
#define cairo_create pdf_calls.cairo_create_
#define cairo_destroy pdf_calls.cairo_destroy_
#define cairo_fill pdf_calls.cairo_fill_
#define cairo_image_surface_create_from_png_stream pdf_calls.cairo_image_surface_create_from_png_stream_
#define cairo_image_surface_get_height pdf_calls.cairo_image_surface_get_height_
#define cairo_image_surface_get_width pdf_calls.cairo_image_surface_get_width_
#define cairo_line_to pdf_calls.cairo_line_to_
#define cairo_move_to pdf_calls.cairo_move_to_
#define cairo_paint pdf_calls.cairo_paint_
#define cairo_pdf_surface_create_for_stream pdf_calls.cairo_pdf_surface_create_for_stream_
#define cairo_pdf_surface_set_metadata pdf_calls.cairo_pdf_surface_set_metadata_
#define cairo_rectangle pdf_calls.cairo_rectangle_
#define cairo_restore pdf_calls.cairo_restore_
#define cairo_save pdf_calls.cairo_save_
#define cairo_scale pdf_calls.cairo_scale_
#define cairo_set_line_width pdf_calls.cairo_set_line_width_
#define cairo_set_source_rgb pdf_calls.cairo_set_source_rgb_
#define cairo_set_source_surface pdf_calls.cairo_set_source_surface_
#define cairo_show_page pdf_calls.cairo_show_page_
#define cairo_status pdf_calls.cairo_status_
#define cairo_status_to_string pdf_calls.cairo_status_to_string_
#define cairo_stroke pdf_calls.cairo_stroke_
#define cairo_surface_destroy pdf_calls.cairo_surface_destroy_
#define cairo_surface_finish pdf_calls.cairo_surface_finish_
#define cairo_surface_status pdf_calls.cairo_surface_status_
#define cairo_translate pdf_calls.cairo_translate_
#define FcInitReinitialize pdf_calls.FcInitReinitialize_
#define g_object_unref pdf_calls.g_object_unref_
#define pango_attr_family_new pdf_calls.pango_attr_family_new_
#define pango_attr_font_features_new pdf_calls.pango_attr_font_features_new_
#define pango_attr_language_new pdf_calls.pango_attr_language_new_
#define pango_attr_letter_spacing_new pdf_calls.pango_attr_letter_spacing_new_
#define pango_attr_list_insert pdf_calls.pango_attr_list_insert_
#define pango_attr_list_new pdf_calls.pango_attr_list_new_
#define pango_attr_list_unref pdf_calls.pango_attr_list_unref_
#define pango_attr_scale_new pdf_calls.pango_attr_scale_new_
#define pango_attr_style_new pdf_calls.pango_attr_style_new_
#define pango_attr_weight_new pdf_calls.pango_attr_weight_new_
#define pango_cairo_font_map_new pdf_calls.pango_cairo_font_map_new_
#define pango_cairo_show_layout pdf_calls.pango_cairo_show_layout_
#define pango_context_set_base_dir pdf_calls.pango_context_set_base_dir_
#define pango_context_set_language pdf_calls.pango_context_set_language_
#define pango_font_description_free pdf_calls.pango_font_description_free_
#define pango_font_description_new pdf_calls.pango_font_description_new_
#define pango_font_description_set_absolute_size pdf_calls.pango_font_description_set_absolute_size_
#define pango_font_description_set_family pdf_calls.pango_font_description_set_family_
#define pango_font_map_create_context pdf_calls.pango_font_map_create_context_
#define pango_language_from_string pdf_calls.pango_language_from_string_
#define pango_layout_get_line_count pdf_calls.pango_layout_get_line_count_
#define pango_layout_get_size pdf_calls.pango_layout_get_size_
#define pango_layout_get_unknown_glyphs_count pdf_calls.pango_layout_get_unknown_glyphs_count_
#define pango_layout_new pdf_calls.pango_layout_new_
#define pango_layout_set_alignment pdf_calls.pango_layout_set_alignment_
#define pango_layout_set_attributes pdf_calls.pango_layout_set_attributes_
#define pango_layout_set_font_description pdf_calls.pango_layout_set_font_description_
#define pango_layout_set_line_spacing pdf_calls.pango_layout_set_line_spacing_
#define pango_layout_set_text pdf_calls.pango_layout_set_text_
#define pango_layout_set_width pdf_calls.pango_layout_set_width_
#define pango_layout_set_wrap pdf_calls.pango_layout_set_wrap_
#endif
