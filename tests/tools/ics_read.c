// SPDX-License-Identifier: MIT
// ics_read: reads calendar files with libical, for checks of what usher writes. Nothing of usher reads here.
//
// In: one or more calendars. Out: for each a line of JSON
//   { method, name, refresh, zones = n, errors = n, events = [{ uid, sequence, stamp, changed, starts, ends,
//     summary, location, url, description, status, organizer, organizer_cn, attendee, attendee_cn, partstat,
//     rsvp, alarm, properties = ["UID", ...] }] }
// with instants in ms. An instant is worked out by the VTIMEZONE that is in the file, and by no other.
#include "base/record.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static icalproperty *first(icalcomponent *c, icalproperty_kind kind)
{
    return icalcomponent_get_first_property(c, kind);
}

static void put_text(struct record_map *map, const char *key, const char *value)
{
    if (value) record_map_text(map, key, text_of(value));
}

static void put_value(struct record_map *map, const char *key, icalcomponent *c, icalproperty_kind kind)
{
    icalproperty *p = first(c, kind);
    if (!p) return;
    icalvalue *v = icalproperty_get_value(p);
    bool text = icalvalue_isa(v) == ICAL_TEXT_VALUE;
    put_text(map, key, text ? icalvalue_get_text(v) : icalproperty_get_value_as_string(p));
}

// The instant of a property; -1 when its zone is not in the file.
static int64_t instant_of(icalcomponent *calendar, icalproperty *p)
{
    struct icaltimetype t = icalvalue_get_datetime(icalproperty_get_value(p));
    icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
    if (icaltime_is_utc(t)) return (int64_t)icaltime_as_timet(t) * 1000;
    if (!tzid) return -1;
    icaltimezone *zone = icalcomponent_get_timezone(calendar, icalparameter_get_tzid(tzid));
    return zone ? (int64_t)icaltime_as_timet_with_zone(t, zone) * 1000 : -1;
}

static void put_instant(struct record_map *map, const char *key, icalcomponent *calendar,
    icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *p = first(event, kind);
    if (p) record_map_int(map, key, instant_of(calendar, p));
}

static void put_parameter(struct record_map *map, const char *key, icalproperty *p, const char *name)
{
    char *value = p ? icalproperty_get_parameter_as_string_r(p, name) : NULL;
    put_text(map, key, value);
    icalmemory_free_buffer(value);
}

// The name as it is meant; libical's text of the parameter has carets in it again.
static void put_name(struct record_map *map, const char *key, icalproperty *p)
{
    icalparameter *cn = p ? icalproperty_get_first_parameter(p, ICAL_CN_PARAMETER) : NULL;
    if (cn) put_text(map, key, icalparameter_get_cn(cn));
}

static void put_people(struct record_map *map, icalcomponent *event)
{
    icalproperty *attendee = first(event, ICAL_ATTENDEE_PROPERTY);
    put_value(map, "organizer", event, ICAL_ORGANIZER_PROPERTY);
    put_name(map, "organizer_cn", first(event, ICAL_ORGANIZER_PROPERTY));
    put_value(map, "attendee", event, ICAL_ATTENDEE_PROPERTY);
    put_name(map, "attendee_cn", attendee);
    put_parameter(map, "partstat", attendee, "PARTSTAT");
    put_parameter(map, "rsvp", attendee, "RSVP");
}

static void put_names(struct record_map *map, icalcomponent *event)
{
    struct buf *list = record_map_key(map, "properties");
    record_put_list(list, (size_t)icalcomponent_count_properties(event, ICAL_ANY_PROPERTY));
    for (icalproperty *p = first(event, ICAL_ANY_PROPERTY); p;
         p = icalcomponent_get_next_property(event, ICAL_ANY_PROPERTY))
        record_put_text(list, text_of(icalproperty_get_property_name(p)));
}

static void put_event(struct buf *out, icalcomponent *calendar, icalcomponent *event)
{
    struct record_map map;
    record_map_init(&map);
    put_value(&map, "uid", event, ICAL_UID_PROPERTY);
    record_map_int(&map, "sequence", icalcomponent_get_sequence(event));
    put_instant(&map, "stamp", calendar, event, ICAL_DTSTAMP_PROPERTY);
    put_instant(&map, "changed", calendar, event, ICAL_LASTMODIFIED_PROPERTY);
    put_instant(&map, "starts", calendar, event, ICAL_DTSTART_PROPERTY);
    put_instant(&map, "ends", calendar, event, ICAL_DTEND_PROPERTY);
    put_value(&map, "summary", event, ICAL_SUMMARY_PROPERTY);
    put_value(&map, "location", event, ICAL_LOCATION_PROPERTY);
    put_value(&map, "url", event, ICAL_URL_PROPERTY);
    put_value(&map, "description", event, ICAL_DESCRIPTION_PROPERTY);
    put_value(&map, "status", event, ICAL_STATUS_PROPERTY);
    put_people(&map, event);
    icalcomponent *alarm = icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT);
    if (alarm) put_value(&map, "alarm", alarm, ICAL_TRIGGER_PROPERTY);
    put_names(&map, event);
    record_map_end(&map, out);
}

static void put_calendar(struct buf *out, icalcomponent *calendar)
{
    struct record_map map;
    record_map_init(&map);
    put_value(&map, "method", calendar, ICAL_METHOD_PROPERTY);
    put_value(&map, "name", calendar, ICAL_NAME_PROPERTY);
    put_value(&map, "refresh", calendar, ICAL_REFRESHINTERVAL_PROPERTY);
    record_map_int(&map, "zones", icalcomponent_count_components(calendar, ICAL_VTIMEZONE_COMPONENT));
    record_map_int(&map, "errors", icalcomponent_count_errors(calendar));
    struct buf *list = record_map_key(&map, "events");
    record_put_list(list, (size_t)icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT));
    for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e;
         e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        put_event(list, calendar, e);
    record_map_end(&map, out);
}

static void print(icalcomponent *calendar)
{
    struct buf bytes, json;
    buf_init(&bytes, RECORD_LEN_MAX);
    buf_init(&json, RECORD_LEN_MAX);
    put_calendar(&bytes, calendar);
    record_print_json((struct record){(const uint8_t *)bytes.data, bytes.len}, &json);
    puts(buf_z(&json));
    buf_release(&bytes);
    buf_release(&json);
}

int main(void)
{
    struct buf in;
    char piece[65536];
    size_t n;
    buf_init(&in, 64u << 20);
    while ((n = fread(piece, 1, sizeof piece, stdin)) > 0) buf_add(&in, piece, n);
    icalcomponent *root = icalparser_parse_string(buf_z(&in));
    buf_release(&in);
    if (!root) {
        fprintf(stderr, "ics_read: libical reads no calendar here\n");
        return 1;
    }
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) print(root);
    for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); c;
         c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
        print(c);
    icalcomponent_free(root);
    return 0;
}
