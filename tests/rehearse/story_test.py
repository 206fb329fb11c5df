#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Several scripts rehearsed as one story: what guests said in the first event is there when the next begins."""
import re

from support import EVENT, FROM, INVITATION, THANKS
from errands import equal, holds, main
import live

FORM = """
interest "trainings" { to = invited, choose = { "Data", "Social media" }, purpose = "trainings", at = "1 hour after" }
"""
SERIES = """
event "series" { title = "Training", when = "Tue 6 Apr 2021 14:00-16:00 Asia/Thimphu",
  from = "Office <office@office.example>" }
people { { key = "office", name = "Karma Dorji", mail = "office@office.example", role = "organiser" } }
guests { interested_in = "small/trainings", file = "interested.csv" }
mail "welcome" { to = invited, at = "10 working days before, 09:00", subject = "Please come: {title}",
  text = "Dear {name}, you chose {chosen}. {answer_link}" }
mail "ready" { to = coming, at = "1 working day before, 09:00", subject = "Tomorrow", text = "Dear {name}" }
"""


def story(first=EVENT + INVITATION + THANKS + FORM, second=SERIES):
    place = live.Place(first)
    place.write("second.lua", second)
    return place


def rehearse(place, *options, scripts=("script.lua", "second.lua"), code=0):
    got, out, errors = place.command("rehearse", *FROM, *options, *scripts)
    equal((got, errors if got != code else ""), (code, ""))
    return out + errors


def with_guest(**person):
    """The second script with a list of its own."""
    cells = ", ".join('%s = "%s"' % cell for cell in person.items())
    return re.sub("guests {.*}", "guests { { %s } }" % cells, SERIES).replace("you chose {chosen}", "come")


def check_those_who_chose_something_in_the_first_event_are_guests_of_the_second():
    with story() as place:
        told = rehearse(place)
        holds(told, "small: Briefing on digital trends\n    Thu 25 Feb 2021, 14:00 Thimphu (UTC+6) = 17:00 Seoul")
        holds(told, "Mon 22 Mar 09:00  12:00  series  begins: 3 guests, from small/trainings\n")
        holds(told, "Tue 23 Mar 09:00  12:00  series  mail welcome \u2192 3\n")
        holds(told, "3 of the 4 guests of small are guests of series\nmost mails one guest gets: 7 (median 7)\n")


def check_one_script_is_told_as_ever():
    with story() as place:
        told = rehearse(place, scripts=("script.lua",))
        equal(told.count("begins"), 0)
        holds(told, "most mails one guest gets: 4 (median 4)\n")


def check_one_guests_whole_life_is_on_one_page_by_months_in_their_own_zone():
    with story() as place:
        told = rehearse(place, "--person", "kim")
        heads = re.findall(r"^(== .*|\w{3} \d\d \w{3} \d{4} \d\d:\d\d  .*)$", told, re.M)
        equal(heads, ["== February 2021", "Thu 11 Feb 2021 12:00  small: invitation",
                      "Fri 12 Feb 2021 12:00  small: answered yes", "Fri 12 Feb 2021 12:00  small: confirmation",
                      "Thu 25 Feb 2021 17:05  small: joined", "Thu 25 Feb 2021 20:30  small: trainings",
                      "Thu 25 Feb 2021 23:30  small: filled in 'trainings'",
                      "Fri 26 Feb 2021 13:00  small: thank-you",
                      "Fri 26 Feb 2021 13:00  small: missed is not sent: was there",
                      "== March 2021", "Tue 23 Mar 2021 12:00  series: welcome",
                      "Wed 24 Mar 2021 12:00  series: answered yes", "Wed 24 Mar 2021 12:00  series: confirmation",
                      "== April 2021", "Mon 05 Apr 2021 12:00  series: ready",
                      "Tue 06 Apr 2021 17:05  series: joined"])
        rehearse(place, "--out", "out")
        page = (place.path / "out/people/kim.html").read_text()
        equal(page.count("<article>"), 7)
        holds(page, '<h2 class="month">March 2021</h2>')
        index = (place.path / "out/index.html").read_text()
        holds(index, '<a href="people/kim.html">Kim Min-su</a> (7)')
        holds(index, "series: mail welcome")


def check_the_list_that_is_handed_on_is_a_file_with_which_the_second_is_rehearsed_alone():
    with story() as place:
        rehearse(place, "--out", "out")
        text = (place.path / "out/lists/small-trainings.csv").read_text()
        holds(text, "key,name,salutation,group,mail,phone,zone,language,chosen,consented_to,consented_at")
        holds(text, "Asia/Seoul")
        place.write("interested.csv", text)
        holds(rehearse(place, scripts=("second.lua",)), "mail welcome \u2192 3\n")


def check_whoever_is_on_the_list_by_another_key_but_the_same_address_is_one_person():
    with story(second=with_guest(key="K", name="M. Kim", mail="KIM@office.example")) as place:
        told = rehearse(place)
        holds(told, "1 of the 4 guests of small are guests of series\nmost mails one guest gets: 7 (median 4)\n")


def check_two_people_who_share_a_number_are_two():
    with story(second=with_guest(key="kim", name="Ugyen", mail="ugyen@else.example")) as place:
        told = rehearse(place)
        holds(told, "0 of the 4 guests of small are guests of series")
        holds(rehearse(place, "--person", "kim (series)"), "Ugyen: 3 mails")


def check_mails_of_two_events_within_an_hour_are_told():
    second = SERIES.replace('10 working days before, 09:00', '26 Feb 2021 10:30 Asia/Thimphu')
    with story(second=second) as place:
        told = rehearse(place, "--load-at", "26 Feb 2021 08:00 Asia/Thimphu")
        holds(told, "thank-you of small and welcome of series come within an hour to 3 people")


def check_the_moment_at_which_a_script_is_loaded_can_be_said():
    with story() as place:
        told = rehearse(place, "--load-at", "25 Feb 2021 15:00 Asia/Thimphu")
        holds(told, "Thu 25 Feb 15:00  18:00  series  begins: 0 guests\n")  # nobody has seen the form
        holds(told, "series: guests: nobody has said so far in 'trainings' of small")


def check_what_guests_do_is_said_of_all_events():
    with story() as place:
        holds(rehearse(place, "--guest", "kim=declines"), "mail ready \u2192 2\n")


def check_a_crash_anywhere_loses_nothing():
    with story() as place:
        told = rehearse(place, "--crash-everywhere")
        if not re.search(r"^\d+ crashes: 0 lost,", told, re.M):
            raise AssertionError(told[-500:])


def check_what_speaks_of_one_event_is_refused_in_a_sentence():
    with story() as place:
        for option, value in (("move", "+1 day"), ("cancel-at", "2021-02-20 09:00"), ("save", "x"), ("down", "x")):
            holds(rehearse(place, "--" + option, value, code=2),
                  "--%s is about one event: rehearse its script alone" % option)
        holds(rehearse(place, "--load-at", "x", scripts=("script.lua",), code=2), "there is only one")


def check_each_script_finds_what_lies_beside_it():
    with story() as place:
        place.write("later/second.lua", 'local link = secret "LINK"\n' + SERIES)
        place.write("later/secrets/LINK", "https://zoom.example/j/1\n")
        (place.path / "later/secrets/LINK").chmod(0o600)
        holds(rehearse(place, scripts=("script.lua", "later/second.lua")), "series  mail welcome \u2192 3\n")


def check_a_mistake_in_a_later_script_is_told_at_its_line():
    with story(second=SERIES.replace("small/trainings", "small/training")) as place:
        holds(rehearse(place, code=1), "second.lua:5: guests: the event 'small' hands on no list 'training' "
                                       "(did you mean 'trainings'?)")


def check_scripts_without_words_are_a_story_too():
    flow = """
usher.describe { id = "%s", zone = "Asia/Thimphu" }
usher.flow("hello", function(input)
  usher.due("soon", usher.time.at("%s", "Asia/Thimphu"))
  usher.mail { "hello", to = input, as = "karma", from = "a@b.example", subject = "Hello", text = "Hi" }
end)
usher.start("hello", { key = "karma", label = "Karma", input = "karma@office.example" })
"""
    with story(flow % ("one", "2021-02-25 09:00"), flow % ("two", "2021-03-25 09:00")) as place:
        told = rehearse(place)
        holds(told, "Wed 24 Mar 09:00  two    begins\n")
        holds(told, "Thu 25 Mar 09:00  two    mail hello \u2192 Karma\n")
        holds(told, "most mails one guest gets: 2 (median 2)")


main(globals())
