#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What one person gets from the first mail to the last, on one page, with what they do between."""
import re

from support import event, rehearse
from errands import equal, holds, main


def check_every_mail_is_there_whole_in_order_and_on_that_persons_clock():
    with event() as place:
        told = rehearse(place, "--person", "kim")
        holds(told, "Kim Min-su: 4 mails, times of Seoul\n")
        heads = re.findall(r"^(\w{3} \d\d \w{3} \d{4} \d\d:\d\d  .*)$", told, re.M)
        equal(heads, ["Thu 11 Feb 2021 12:00  invitation", "Fri 12 Feb 2021 12:00  answered yes",
                      "Fri 12 Feb 2021 12:00  confirmation", "Thu 25 Feb 2021 16:30  starting",
                      "Thu 25 Feb 2021 17:05  joined", "Fri 26 Feb 2021 13:00  thank-you",
                      "Fri 26 Feb 2021 13:00  missed is not sent: was there"])
        holds(told, '    To: "Kim Min-su" <kim@office.example>\n    Subject: Please come: Briefing on digital trends\n'
              "\n    Dear Kim Min-su, will you come?\n    http")


def check_the_folder_has_such_a_page_for_everybody_and_links_to_it():
    with event() as place:
        rehearse(place, "--out", "out", "--guest", "pema=declines")
        index = (place.path / "out/index.html").read_text()
        for key, mails in (("karma", 4), ("kim", 4), ("pema", 1), ("sonam", 4)):
            holds(index, '<a href="people/%s.html">' % key)
            page = (place.path / ("out/people/%s.html" % key)).read_text()
            equal(page.count("<article>"), mails)
        page = (place.path / "out/people/pema.html").read_text()
        holds(page, "<time>Fri 12 Feb 2021 09:00</time>answered no</p>")
        holds(page, "starting is not sent: answered no")


def check_names_and_texts_stay_text_on_the_page():
    with event() as place:
        script = (place.path / "script.lua").read_text()
        place.write("script.lua", script.replace("Pema Lhamo", "<b>Pema</b>"))
        rehearse(place, "--out", "out")
        page = (place.path / "out/people/pema.html").read_text()
        holds(page, "&lt;b&gt;Pema&lt;/b&gt;")
        equal(page.count("<b>"), 0)


def check_whoever_gets_nothing_is_a_sentence_with_the_nearest_key():
    with event() as place:
        holds(rehearse(place, "--person", "kimm", code=1), "has the key 'kimm' (did you mean 'kim'?)")


def check_a_script_without_words_has_such_a_page_too():
    with event() as place:
        place.write("script.lua", """
usher.flow("hello", function(input)
  usher.mail { "hello", to = input, as = "karma", from = "a@b.example", subject = "Hello", text = "Hi *there*" }
end)
usher.start("hello", { key = "karma", label = "Karma", input = "karma@office.example" })
""")
        told = rehearse(place, "--person", "karma")
        holds(told, "Karma: 1 mail, times of UTC\n")
        holds(told, "    Hi there\n")


main(globals())
