// SPDX-License-Identifier: MIT
// gmime_late: GMime and what stands under it, loaded when the first mail is read and not before.
//
// GMime brings GLib, GObject and GPGME along: 1.4 MiB of an idle usher, which most installations never need,
// because a mailbox is an option. So the library is found by name at run time, and its functions are reached
// through this table; below, their names mean its fields. For incoming.c only.
#pragma once

#include <gmime/gmime.h>

#include <dlfcn.h>
#include <stdbool.h>

#define GMIME_LIBRARY "libgmime-3.0.so.0"

#define GMIME_CALLS(X)                            \
    X(g_ascii_strcasecmp)                         \
    X(g_ascii_strdown)                            \
    X(g_ascii_strncasecmp)                        \
    X(g_date_time_to_unix)                        \
    X(g_date_time_unref)                          \
    X(g_free)                                     \
    X(g_mime_content_disposition_get_disposition) \
    X(g_mime_content_type_get_mime_type)          \
    X(g_mime_content_type_get_parameter)          \
    X(g_mime_data_wrapper_get_stream)             \
    X(g_mime_data_wrapper_write_to_stream)        \
    X(g_mime_header_get_name)                     \
    X(g_mime_header_get_value)                    \
    X(g_mime_header_list_get_count)               \
    X(g_mime_header_list_get_header)              \
    X(g_mime_header_list_get_header_at)           \
    X(g_mime_init)                                \
    X(g_mime_message_get_mime_part)               \
    X(g_mime_message_part_get_message)            \
    X(g_mime_message_part_get_type)               \
    X(g_mime_multipart_get_count)                 \
    X(g_mime_multipart_get_part)                  \
    X(g_mime_multipart_get_type)                  \
    X(g_mime_object_get_content_disposition)      \
    X(g_mime_object_get_content_type)             \
    X(g_mime_object_get_header)                   \
    X(g_mime_object_get_header_list)              \
    X(g_mime_object_get_type)                     \
    X(g_mime_parser_construct_message)            \
    X(g_mime_parser_new_with_stream)              \
    X(g_mime_part_get_content)                    \
    X(g_mime_part_get_filename)                   \
    X(g_mime_part_get_type)                       \
    X(g_mime_stream_length)                       \
    X(g_mime_stream_mem_get_byte_array)           \
    X(g_mime_stream_mem_get_type)                 \
    X(g_mime_stream_mem_new)                      \
    X(g_mime_stream_mem_new_with_buffer)          \
    X(g_mime_text_part_get_text)                  \
    X(g_mime_text_part_get_type)                  \
    X(g_mime_utils_header_decode_date)            \
    X(g_object_unref)                             \
    X(g_type_check_instance_cast)                 \
    X(g_type_check_instance_is_a)                 \
    X(internet_address_get_name)                  \
    X(internet_address_list_get_address)          \
    X(internet_address_list_length)               \
    X(internet_address_list_parse)                \
    X(internet_address_mailbox_get_addr)          \
    X(internet_address_mailbox_get_type)

struct gmime_calls {
#define X(name) __typeof__(&name) name##_;
    GMIME_CALLS(X)
#undef X
};
static struct gmime_calls gmime_calls;

// False: the library is not there, or is another one.
static bool gmime_late_open(void)
{
    void *library = dlopen(GMIME_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
#define X(name) \
    if (!(gmime_calls.name##_ = (__typeof__(&name))dlsym(library, #name))) return false;
    GMIME_CALLS(X)
#undef X
    return true;
}

#define g_ascii_strcasecmp gmime_calls.g_ascii_strcasecmp_
#define g_ascii_strdown gmime_calls.g_ascii_strdown_
#define g_ascii_strncasecmp gmime_calls.g_ascii_strncasecmp_
#define g_date_time_to_unix gmime_calls.g_date_time_to_unix_
#define g_date_time_unref gmime_calls.g_date_time_unref_
#define g_free gmime_calls.g_free_
#define g_mime_content_disposition_get_disposition gmime_calls.g_mime_content_disposition_get_disposition_
#define g_mime_content_type_get_mime_type gmime_calls.g_mime_content_type_get_mime_type_
#define g_mime_content_type_get_parameter gmime_calls.g_mime_content_type_get_parameter_
#define g_mime_data_wrapper_get_stream gmime_calls.g_mime_data_wrapper_get_stream_
#define g_mime_data_wrapper_write_to_stream gmime_calls.g_mime_data_wrapper_write_to_stream_
#define g_mime_header_get_name gmime_calls.g_mime_header_get_name_
#define g_mime_header_get_value gmime_calls.g_mime_header_get_value_
#define g_mime_header_list_get_count gmime_calls.g_mime_header_list_get_count_
#define g_mime_header_list_get_header gmime_calls.g_mime_header_list_get_header_
#define g_mime_header_list_get_header_at gmime_calls.g_mime_header_list_get_header_at_
#define g_mime_init gmime_calls.g_mime_init_
#define g_mime_message_get_mime_part gmime_calls.g_mime_message_get_mime_part_
#define g_mime_message_part_get_message gmime_calls.g_mime_message_part_get_message_
#define g_mime_message_part_get_type gmime_calls.g_mime_message_part_get_type_
#define g_mime_multipart_get_count gmime_calls.g_mime_multipart_get_count_
#define g_mime_multipart_get_part gmime_calls.g_mime_multipart_get_part_
#define g_mime_multipart_get_type gmime_calls.g_mime_multipart_get_type_
#define g_mime_object_get_content_disposition gmime_calls.g_mime_object_get_content_disposition_
#define g_mime_object_get_content_type gmime_calls.g_mime_object_get_content_type_
#define g_mime_object_get_header gmime_calls.g_mime_object_get_header_
#define g_mime_object_get_header_list gmime_calls.g_mime_object_get_header_list_
#define g_mime_object_get_type gmime_calls.g_mime_object_get_type_
#define g_mime_parser_construct_message gmime_calls.g_mime_parser_construct_message_
#define g_mime_parser_new_with_stream gmime_calls.g_mime_parser_new_with_stream_
#define g_mime_part_get_content gmime_calls.g_mime_part_get_content_
#define g_mime_part_get_filename gmime_calls.g_mime_part_get_filename_
#define g_mime_part_get_type gmime_calls.g_mime_part_get_type_
#define g_mime_stream_length gmime_calls.g_mime_stream_length_
#define g_mime_stream_mem_get_byte_array gmime_calls.g_mime_stream_mem_get_byte_array_
#define g_mime_stream_mem_get_type gmime_calls.g_mime_stream_mem_get_type_
#define g_mime_stream_mem_new gmime_calls.g_mime_stream_mem_new_
#define g_mime_stream_mem_new_with_buffer gmime_calls.g_mime_stream_mem_new_with_buffer_
#define g_mime_text_part_get_text gmime_calls.g_mime_text_part_get_text_
#define g_mime_text_part_get_type gmime_calls.g_mime_text_part_get_type_
#define g_mime_utils_header_decode_date gmime_calls.g_mime_utils_header_decode_date_
#define g_object_unref gmime_calls.g_object_unref_
#define g_type_check_instance_cast gmime_calls.g_type_check_instance_cast_
#define g_type_check_instance_is_a gmime_calls.g_type_check_instance_is_a_
#define internet_address_get_name gmime_calls.internet_address_get_name_
#define internet_address_list_get_address gmime_calls.internet_address_list_get_address_
#define internet_address_list_length gmime_calls.internet_address_list_length_
#define internet_address_list_parse gmime_calls.internet_address_list_parse_
#define internet_address_mailbox_get_addr gmime_calls.internet_address_mailbox_get_addr_
#define internet_address_mailbox_get_type gmime_calls.internet_address_mailbox_get_type_
