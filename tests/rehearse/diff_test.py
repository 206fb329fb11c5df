#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A rehearsal is kept, the script is edited, and what differs is told in plain words, as diff(1) ends."""
import json

from support import EVENT, INVITATION, REMINDER, RULES, THANKS, event, rehearse
from errands import equal, holds, main


def edited(place, text):
    place.write("script.lua", text)
    return place


def check_nothing_differs_from_itself_and_the_exit_code_is_0():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        equal(rehearse(place, "--diff", "a.jsonl"), "Since the saved rehearsal: nothing; 16 as before.\n")


def check_a_moved_date_is_told_by_rule_with_both_times_and_the_exit_code_is_1():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, EVENT.replace("Thu 25 Feb 2021 14:00-16:30", "Fri 26 Feb 2021 14:00-16:30") + RULES)
        told = rehearse(place, "--diff", "a.jsonl", code=1)
        holds(told, "Since the saved rehearsal: 16 mails at another time, 4 with another text; 0 as before.\n")
        holds(told, "at another time: Thu 25 Feb 13:30 → Fri 26 Feb 13:30 Thimphu (UTC+6) = Thu 25 Feb 16:30 → "
              "Fri 26 Feb 16:30 Seoul (UTC+9) · 4 people\n")


def check_a_rule_that_is_taken_out_and_one_that_is_new():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, EVENT + INVITATION + REMINDER.replace("starting", "in-a-moment") + THANKS)
        told = rehearse(place, "--diff", "a.jsonl", code=1)
        holds(told, "4 mails new, 4 gone; 12 as before")
        holds(told, " in-a-moment\n   new: Thu 25 Feb 13:30")
        holds(told, " starting\n   gone: Thu 25 Feb 13:30")


def check_an_edited_text_is_told_and_nothing_else():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, EVENT + RULES.replace("soon.", "at once."))
        holds(rehearse(place, "--diff", "a.jsonl", code=1), "4 mails with another text; 12 as before.\n\n starting\n")


def check_a_calendar_entry_that_is_only_written_at_another_time_is_no_other_text():
    with event(RULES.replace('Soon",', 'Soon", attach = "calendar",')) as place:
        rehearse(place, "--save", "a.jsonl")
        text = (place.path / "script.lua").read_text()
        edited(place, text.replace("30 minutes before", "45 minutes before"))
        holds(rehearse(place, "--diff", "a.jsonl", code=1), "Since the saved rehearsal: 4 mails at another time; 12")


def check_it_is_played_as_the_saved_one_was():
    with event() as place:
        rehearse(place, "--guest", "silent", "--save", "a.jsonl")
        code, told, _ = place.command("rehearse", "--diff", "a.jsonl", "script.lua")
        equal((code, told), (0, "Since the saved rehearsal: nothing; 4 as before.\n"))
        holds(rehearse(place, "--guest", "accepts", "--diff", "a.jsonl", code=1), "12 mails new; 4 as before")


def check_the_page_of_the_folder_says_it_as_well():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, EVENT + INVITATION + THANKS)
        rehearse(place, "--diff", "a.jsonl", "--out", "out", code=1)
        page = (place.path / "out/index.html").read_text()
        holds(page, "<h2>What has changed</h2>")
        holds(page, "4 mails gone; 12 as before.")


def check_the_same_file_may_be_compared_with_and_kept_anew():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, EVENT + INVITATION + THANKS)
        rehearse(place, "--diff", "a.jsonl", "--save", "a.jsonl", code=1)
        rehearse(place, "--diff", "a.jsonl")


def check_every_line_of_the_file_is_json_and_two_rehearsals_save_the_same_bytes():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        rehearse(place, "--save", "b.jsonl")
        saved = (place.path / "a.jsonl").read_text()
        equal(saved, (place.path / "b.jsonl").read_text())
        lines = [json.loads(line) for line in saved.splitlines()]
        equal(lines[0], {"usher rehearsal": 1, "from": 1612148400000})
        equal(len(lines), 17)


def check_what_is_no_saved_rehearsal_is_refused_with_2_and_a_sentence():
    with event() as place:
        place.write("other.json", '{"from": 1}\n')
        holds(rehearse(place, "--diff", "other.json", code=2), "--diff: this is no saved rehearsal: make one with")
        holds(rehearse(place, "--diff", "none.json", code=2), "none.json can't be read: No such file")
        rehearse(place, "--save", "a.jsonl")
        saved = (place.path / "a.jsonl").read_text()
        place.write("damaged.jsonl", saved[:-30] + "\n")
        holds(rehearse(place, "--diff", "damaged.jsonl", code=2), "--diff: line 17 of this saved rehearsal is damaged")
        place.write("newer.jsonl", saved.replace('rehearsal":1', 'rehearsal":2'))
        holds(rehearse(place, "--diff", "newer.jsonl", code=2), "was saved by a newer usher")


def check_a_script_that_is_wrong_ends_with_2():
    with event() as place:
        rehearse(place, "--save", "a.jsonl")
        edited(place, "evnt")
        holds(rehearse(place, "--diff", "a.jsonl", code=2), "script.lua:1:")


main(globals())
