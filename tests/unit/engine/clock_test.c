// SPDX-License-Identifier: MIT
// Clocks that are set, and countries that change theirs while flows sleep.
#include "engine_rig.h"

#include "time/zone.h"

#include <sys/stat.h>
#include <unistd.h>

#define MAIL(name) "usher.mail { '" name "', to = 'a@x.example', subject = 's', text = 't' }\n"

static const char reminder[] = //
    "local starts <const> = usher.time.at('2021-02-25 14:00', 'UTC')\n"
    "usher.flow('guest', function()\n"
    "  if usher.due('hour before', usher.time.shift(starts, '-1h'), { late = starts }) then\n" MAIL(
        "hour") "  end\n"
                "  if usher.due('begins', starts, { late = 'within 15 min' }) then\n" MAIL(
                    "begins") "  end\n"
                              "end)\n"
                              "usher.start('guest', { key = 'P1' })\n";

static void a_clock_set_forward_over_a_moment_keeps_what_is_not_late_and_skips_what_is(void **state)
{
    struct rig *r = rig_with("2021-02-25 12:30", reminder);
    rig_settle(r);
    rig_clock(r, "2021-02-25 13:30"); // the hour before is half an hour past, and may be until 14:00
    rig_settle(r);
    assert_text(rig_effects(r), "02-25 13:30 P1 mail:hour\n");
    rig_clock(r, "2021-02-25 14:30"); // "begins" may be a quarter of an hour late
    rig_run(r);
    assert_text(rig_effects(r), "02-25 13:30 P1 mail:hour\n");
    assert_holds_words(rig_notices(r), "guest/P1 due:begins: skipped: 30 min late");
    assert_holds_words(rig_history(r, "guest", "P1"), "due:begins skipped: skipped: 30 min late");
    rig_end(r);
}

static void a_clock_set_back_sends_nothing_twice(void **state)
{
    struct rig *r = rig_with("2021-02-25 12:30", reminder);
    rig_run_until(r, "2021-02-25 13:10");
    rig_clock(r, "2021-02-25 12:10");
    rig_run(r);
    assert_text(rig_effects(r), "02-25 13:00 P1 mail:hour\n02-25 14:00 P1 mail:begins\n");
    rig_end(r);
}

static void a_clock_set_back_over_a_restart_sends_nothing_twice(void **state)
{
    struct rig *r = rig_with("2021-02-25 12:30", reminder);
    rig_run_until(r, "2021-02-25 13:10");
    rig_kill(r);
    rig_clock(r, "2021-02-25 12:10");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_effects(r), "02-25 13:00 P1 mail:hour\n02-25 14:00 P1 mail:begins\n");
    assert_text(rig_state(r, "guest", "P1"), "done");
    rig_end(r);
}

static void a_minute_of_lateness_is_no_lateness(void **state)
{
    struct rig *r = rig_with("2021-02-25 12:30", //
        "usher.flow('guest', function()\n"
        "  return usher.due('noon', usher.time.at('2021-02-25 13:00', 'UTC'), { late = 'never' })\n"
        "end)\n"
        "usher.start('guest', { key = 'P1' })\n");
    rig_settle(r);
    rig_clock(r, "2021-02-25 13:00:45"); // a turn of the loop, an fsync
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "true");
    rig_end(r);
}

static void a_decision_on_lateness_is_kept(void **state)
{
    struct rig *r = rig_with("2021-02-25 12:30", //
        "usher.flow('guest', function()\n"
        "  local in_time = usher.due('noon', usher.time.at('2021-02-25 13:00', 'UTC'), { late = 'within 1h' "
        "})\n"
        "  usher.sleep('2h')\n"
        "  return in_time\n"
        "end)\n"
        "usher.start('guest', { key = 'P1' })\n");
    rig_run_until(r, "2021-02-25 13:10");
    rig_restart(r); // and the replay, at whatever hour, hears the same
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "true");
    rig_end(r);
}

// ---- other zone rules -----------------------------------------------------------------------------------

// Zone files of our own, a version 1 file of one offset: UTC, and Land/Place at +6, later at +5.
static const char header[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4";
static const char utc[] = "\0\0\0\0\0\0UTC";
static const char six_hours[] = "\0\0\124\140\0\0+06";
static const char five_hours[] = "\0\0\106\120\0\0+05";
static char zones[64];

static void write_zone(const char *name, const char *offset, size_t len)
{
    char path[128], draft[128];
    snprintf(path, sizeof path, "%s/%s", zones, name);
    snprintf(draft, sizeof draft, "%s/draft", zones);
    FILE *f = fopen(draft, "wb");
    assert_non_null(f);
    if (len >= sizeof utc) {
        fwrite(header, 1, sizeof header - 1, f);
        fwrite(offset, 1, len, f);
    } else {
        fprintf(f, "# version %s\n", offset);
    }
    fclose(f);
    assert_int_equal(rename(draft, path), 0); // as packages replace files
}

static int make_zones(void **state)
{
    char path[128];
    snprintf(zones, sizeof zones, "/tmp/usher-zones-XXXXXX");
    if (!mkdtemp(zones)) return -1;
    snprintf(path, sizeof path, "%s/Land", zones);
    mkdir(path, 0700);
    setenv("USHER_ZONEINFO", zones, 1);
    write_zone("UTC", utc, sizeof utc);
    write_zone("Land/Place", six_hours, sizeof six_hours);
    write_zone("tzdata.zi", "2026a", 5);
    return 0;
}

static int remove_zones(void **state)
{
    static const char *const names[] = {"Land/Place", "Land", "UTC", "tzdata.zi"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", zones, names[i]);
        if (remove(path)) return -1;
    }
    return rmdir(zones);
}

static const char of_place[] = //
    "local starts <const> = usher.time.at('2031-02-25 14:00', 'Land/Place')\n"
    "usher.flow('guest', function(input)\n"
    "  usher.due('day before', usher.time.shift(starts, '-1 day'))\n" MAIL("day") //
    "  usher.due('begins', starts)\n" MAIL("begins")                              //
    "end)\n"
    "usher.start('guest', { key = 'P1' })\nusher.start('guest', { key = 'P2' })\n"
    "usher.flow('digest', function() end)\n"
    "usher.schedule { 'daily', flow = 'digest', every = 'day 14:00', zone = 'Land/Place' }\n";

static struct rig *live_rig(const char *now)
{
    struct rig *r = rig_new(now);
    r->live = true; // a rehearsal does not look at the files again
    rig_write(r, "test.lua", of_place);
    rig_begin(r);
    return r;
}

// The country goes from +6 to +5 between the two mails: 14:00 there is 08:00 UTC, then 09:00 UTC.
static void new_zone_rules_move_what_is_pending_and_leave_facts_alone(void **state)
{
    struct rig *r = live_rig("2031-02-23 12:00");
    rig_run_until(r, "2031-02-24 12:00");
    assert_text(rig_effects(r), "02-24 08:00 P1 mail:day\n02-24 08:00 P2 mail:day\n");
    write_zone("Land/Place", five_hours, sizeof five_hours);
    write_zone("tzdata.zi", "2026b", 5);
    assert_int_equal(zone_reload(), 1);
    engine_zones_changed(r->engine);
    rig_run_until(r, "2031-02-26 00:00");
    assert_text(rig_effects(r), "02-24 08:00 P1 mail:day\n02-24 08:00 P2 mail:day\n"
                                "02-25 09:00 P1 mail:begins\n02-25 09:00 P2 mail:begins\n");
    assert_text(rig_state(r, "guest", "P1"), "done");
    const char *ran = rig_list(r, "occurrences", "{\"limit\":1}");
    assert_holds_words(ran, rig_print(r, "\"nominal\":%lld", (long long)rig_at("2031-02-25 09:00").ms));
    rig_end(r);
}

static void new_zone_rules_are_seen_by_looking_every_ten_minutes(void **state)
{
    struct rig *r = live_rig("2031-02-24 12:00");
    rig_settle(r);
    write_zone("Land/Place", five_hours, sizeof five_hours);
    write_zone("tzdata.zi", "2026b", 5);
    rig_run_until(r, "2031-02-26 00:00"); // nobody says anything
    assert_holds_words(rig_effects(r), "02-25 09:00 P1 mail:begins\n02-25 09:00 P2 mail:begins\n");
    rig_end(r);
}

static void new_zone_rules_are_seen_at_the_next_start(void **state)
{
    struct rig *r = live_rig("2031-02-24 12:00");
    rig_settle(r);
    rig_kill(r);
    write_zone("Land/Place", five_hours, sizeof five_hours);
    write_zone("tzdata.zi", "2026b", 5);
    zone_reload(); // what a new process reads
    rig_begin(r);
    rig_run_until(r, "2031-02-26 00:00");
    assert_holds_words(rig_effects(r), "02-25 09:00 P1 mail:begins\n02-25 09:00 P2 mail:begins\n");
    rig_end(r);
}

static int each_begins_at_plus_six(void **state)
{
    write_zone("Land/Place", six_hours, sizeof six_hours);
    write_zone("tzdata.zi", "2026a", 5);
    zone_reload();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_set_forward_over_a_moment_keeps_what_is_not_late_and_skips_what_is),
        cmocka_unit_test(a_clock_set_back_sends_nothing_twice),
        cmocka_unit_test(a_clock_set_back_over_a_restart_sends_nothing_twice),
        cmocka_unit_test(a_minute_of_lateness_is_no_lateness),
        cmocka_unit_test(a_decision_on_lateness_is_kept),
        cmocka_unit_test_setup(new_zone_rules_move_what_is_pending_and_leave_facts_alone,
            each_begins_at_plus_six),
        cmocka_unit_test_setup(new_zone_rules_are_seen_by_looking_every_ten_minutes, each_begins_at_plus_six),
        cmocka_unit_test_setup(new_zone_rules_are_seen_at_the_next_start, each_begins_at_plus_six),
    };
    return cmocka_run_group_tests(tests, make_zones, remove_zones);
}
