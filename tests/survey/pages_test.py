#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Surveys, interest forms and the question box as guests meet them: real pages of a real engine, over HTTP.

One event is lived through from before the survey opens until after it has closed; the engine is started anew for each
of its hours, on the same database.
"""
import contextlib
import hashlib
import hmac
import html.parser
import http.client
import json
import sqlite3
import sys
import time
import urllib.parse
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live  # noqa: E402

HOSTILE = "<script>alert(1)</script>\"'&=cmd|' /C calc'!A0"
SECRET = "hook secret of the forms site"
GUESTS = 14

SCRIPT = """
event "briefing" { title = "Briefing on <Trends> & more", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>", organisers = { "office" } }
people { { key = "office", name = "Office", mail = "office@office.example" } }
local list = {}
for i = 1, 14 do list[i] = { key = ("g%02d"):format(i), name = ("Guest %02d <i>"):format(i),
  mail = ("g%d@office.example"):format(i), group = i <= 3 and "Few" or "Many", language = i == 9 and "dz" or nil } end
guests(list)
objectives { "Know the <trends>", "Use the tools" }

survey "feedback" { to = invited, anonymous = true, nudges = {}, ask = { objectives,
  rating "How useful was it?" { "not at all", "very", required = true },
  choice "What next?" { { en = "Data", dz = "གནས་སྡུད།" }, "Social <media>", several = true },
  matrix "How good was" { "the sound", "the picture", low = "poor", high = "good" },
  yes_no "Again?", text "What should we do better?" { long = true } } }
survey "plans" { to = invited, by_group = true, opens = "1 hour after the end", nudges = {},
  ask = { text "Your plans?" { required = true }, rating "How sure?" { "not", "very" } } }
survey "elsewhere" { to = invited, opens = "1 hour after the end", nudges = {},
  url = "https://forms.example/f/1?who={token}&lang=en", hook = secret "HOOK" }
interest "trainings" { to = invited, quiet = true, choose = { "Data", "Social media" }, text = "What about?" }
question_box { to = invited, per_guest = 2, opens = "at the start", closes = "1 hour after the end" }

local survey, interest, ask = require "usher.survey", require "usher.interest", require "usher.ask"
local links, roster = require "usher.links", require "usher.roster"
usher.on("path", function(r) return links.path(r.kind, r.first and r.key or roster.person(r.key)) end)
usher.on("csv", function(r) return survey.csv(r.name).body end)
usher.on("interest-csv", function(r) return interest.csv(r.name).body end)
usher.on("questions-csv", function(r) return ask.csv().body end)
local frame = require "usher.frame"
usher.http.route("GET", "/results/:name", function(r)
  return frame.office { title = "Results", body = survey.node(r.params.name) } end)
"""


# ---- a guest at the pages -----------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """A page as it was answered: its words, its form with what stands in it, and whether it is sound."""

    EMPTY = {"meta", "link", "input", "br"}

    def __init__(self, status, headers, text):
        super().__init__()
        self.status, self.headers, self.text = status, headers, text
        self.fields, self.ticked, self.words, self.stack, self.area, self.links = {}, [], [], [], None, []
        self.feed(text)
        self.words = " ".join(" ".join(self.words).split())
        if self.stack:
            raise AssertionError("these tags are not closed: %s" % self.stack)
        if "<script" in text:
            raise AssertionError("there is a script in the page: %s" % text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag not in self.EMPTY:
            self.stack.append(tag)
        if tag == "input" and a.get("type") in ("radio", "checkbox"):
            self.fields.setdefault(a["name"], []).append(a["value"])
            if "checked" in a:
                self.ticked.append((a["name"], a["value"]))
        elif tag in ("input", "textarea"):
            self.fields[a["name"]] = [a.get("value", "")]
            self.area = a["name"] if tag == "textarea" else None
        elif tag == "a":
            self.links.append(a["href"])

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            raise AssertionError("</%s> closes nothing" % tag)
        self.area = None if tag == "textarea" else self.area

    def handle_data(self, data):
        if self.area:
            self.fields[self.area][0] += data
        self.words.append(data)

    def has(self, *parts):
        for part in parts:
            if part not in self.words:
                raise AssertionError("the page (%d) does not say '%s': %s" % (self.status, part, self.words))
        return self

    def lacks(self, *parts):
        for part in parts:
            if part in self.words:
                raise AssertionError("the page says '%s': %s" % (part, self.words))
        return self


class Site:
    """The engine, at one hour after the other."""

    def __init__(self):
        self.port = live.free_port()
        base = "http://127.0.0.1:%d" % self.port
        self.place = live.Place(SCRIPT, 'web = { listen = "%s", base_url = "%s" }\n' % (base[7:], base))

    def at(self, moment):
        """Starts usher at that time. Practice goes on by the clock that it began with, so the clock is set anew."""
        if self.place.process:
            self.place.stop()
            there = datetime.strptime(moment + " +0600", "%a %d %b %Y %H:%M %z").timestamp()
            shift = int((there - time.time()) * 1000)  # negative, and beyond 32 bits: CBOR's head 3b
            with contextlib.closing(sqlite3.connect(self.place.path / "usher.db")) as db, db:
                db.execute("UPDATE setting SET value = ? WHERE name = 'practice'",
                           (b"\x3b" + (-1 - shift).to_bytes(8, "big"),))
        self.place.run("--as-if", "%s Asia/Thimphu" % moment, USHER_SECRET_HOOK=SECRET)

    def call(self, handler, **request):
        answer = self.place.ask("call", call=handler, **{"with": request})
        if "error" in answer:
            raise AssertionError("%s: %s" % (handler, answer["error"]))
        return answer.get("reply")

    def path(self, kind, guest, rest="", first=False):
        """The address of a guest's page; first: as it was in the first mail, before a deputy was sent."""
        return self.call("path", kind=kind, key="g%02d" % guest, first=first) + rest

    def send(self, method, path, body=None, headers=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=live.PATIENCE_S)) as c:
            c.request(method, path, body, headers or {})
            response = c.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()

    def get(self, path, status=200):
        got, headers, text = self.send("GET", path)
        live.wait_until("%s is answered with %d (it was %d)" % (path, status, got), lambda: got == status, 0)
        return Page(got, headers, text)

    def post(self, path, *form, status=303):
        """Sends a form; answers the page that comes back, or the one that it leads to."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        got, headers, text = self.send("POST", path, urllib.parse.urlencode(form), kind)
        if got != status:
            raise AssertionError("%s was answered with %d: %s" % (path, got, text[-2000:]))
        return self.get(headers["location"]) if got == 303 else Page(got, headers, text)


def feedback(n):
    """A whole answer to the survey with that name."""
    return [("ask: objective 1", "4"), ("ask: How useful was it?", str(n % 5 + 1)), ("ask: What next?", "Data"),
            ("ask: What next?", "Social <media>"), ("ask: How good was: the sound", "2"), ("ask: Again?", "yes"),
            ("ask: What should we do better?", "Text %02d %s" % (n, HOSTILE))]


# ---- before it opens ----------------------------------------------------------------------------------------

def a_survey_that_is_not_open_says_when_it_opens(site):
    page = site.get(site.path("survey", 1, "/feedback")).has("Not open yet", "Thu 25 Feb 2021, 16:30 Thimphu (UTC+6)")
    if page.fields:
        raise AssertionError("there is a form: %s" % page.fields)
    site.post(site.path("survey", 1, "/feedback"), *feedback(1)).has("Not open yet")


def the_question_box_takes_as_many_as_it_says(site):
    path = site.path("ask", 1)
    site.get(path).has("Your questions", "You can ask 2 more.", "Briefing on <Trends> & more")
    page = site.post(path, ("question", "Why " + HOSTILE)).has("Your question has been passed on", "one more", HOSTILE)
    page.has("What you have asked with your name")
    page = site.post(path, ("question", "  \r\n"), status=422).has("Please write your question.")
    site.post(path, ("question", "x" * 1001), ("unnamed", "yes"), status=422).has("at most 1000 letters")
    page = site.post(path, ("question", "Who decides?"), ("unnamed", "yes"))
    page.has("You have asked 2 questions").lacks("Who decides?")
    site.post(path, ("question", "One more?")).lacks("One more?")
    live.at_most("questions", len(site.call("questions")), 2)


def a_question_without_a_name_has_none(site):
    one = [q for q in site.call("questions") if q["text"] == "Who decides?"][0]
    if "person" in one or "name" in one or set(one) != {"id", "text", "at", "state"}:
        raise AssertionError("it is kept as %s" % one)


def the_moderator_marks_questions(site):
    first, second = site.call("questions")
    site.call("question", id=first["id"], state="hidden")
    site.call("question", id=second["id"], state="answered")
    states = {q["id"]: q["state"] for q in site.call("questions")}
    if states != {first["id"]: "hidden", second["id"]: "answered"}:
        raise AssertionError(states)
    text = site.call("questions-csv")
    if first["text"] in text or second["text"] not in text:
        raise AssertionError("the minutes have: %s" % text)


# ---- while it is open ---------------------------------------------------------------------------------------

def one_link_leads_to_the_survey_that_is_open(site):
    page = site.get(site.path("survey", 1))
    page.has("Your feedback", "This survey is anonymous", "can't be changed or taken back", "Know the <trends>",
             "How far was each of these aims reached, for you?", "1 = not at all, 5 = very", "Send anonymously")
    page.lacks("Save and go on later")


def a_guest_reads_their_own_language(site):
    page = site.get(site.path("survey", 9)).has("གནས་སྡུད།").lacks("Data")
    if '<html lang="dz">' not in page.text or page.fields["ask: What next?"] != ["Data", "Social <media>"]:
        raise AssertionError("the page is in another language: %s %s" % (page.text[:200], page.fields))


def what_was_typed_stays_when_something_is_missing(site):
    form = [one for one in feedback(1) if one[0] != "ask: How useful was it?"]
    page = site.post(site.path("survey", 1, "/feedback"), *form, status=422)
    page.has("Something is missing", "Please choose one.")
    wanted = [("ask: objective 1", "4"), ("ask: What next?", "Data"), ("ask: What next?", "Social <media>"),
              ("ask: How good was: the sound", "2"), ("ask: Again?", "yes")]
    if page.ticked != wanted or page.fields["ask: What should we do better?"] != ["Text 01 " + HOSTILE]:
        raise AssertionError("this is left: %s %s" % (page.ticked, page.fields))


def forged_choices_are_refused(site):
    for name, value in (("ask: How useful was it?", "6"), ("ask: How useful was it?", "1e0"), ("ask: Again?", "maybe"),
                        ("ask: What next?", "Money"), ("ask: How good was: the sound", "<9>")):
        form = [one for one in feedback(1) if one[0] != name] + [(name, value)]
        site.post(site.path("survey", 1, "/feedback"), *form, status=422)
    form = feedback(1) + [("ask: What should we do better?", "x" * 2001)]
    site.post(site.path("survey", 1, "/feedback"), *[f for f in form if "Text 01" not in f[1]], status=422)


def an_anonymous_answer_is_final(site):
    page = site.post(site.path("survey", 1, "/feedback"), *feedback(1)).has("Thank you", "can't be changed any more")
    page.has("a form of its own, with your name")
    site.post(site.path("survey", 1, "/feedback"), *feedback(2)).has("Thank you")
    site.get(site.path("survey", 1, "/feedback")).has("Thank you").lacks("Text 01")
    live.at_most("answers", site.call("survey", name="feedback")["answered"], 1)


def anonymous_results_come_five_at_a_time(site):
    shown = {1: 0}
    for n in range(2, 13):
        site.post(site.path("survey", n, "/feedback"), *feedback(n))
        shown[n] = site.call("survey", name="feedback")["n_shown"]
    wanted = {n: 0 if n < 10 else 5 for n in range(1, 13)}
    if shown != wanted:
        raise AssertionError("shown after so many answers: %s" % shown)
    page = site.get("/results/feedback").has("12 have answered", "5 answers are shown here", "mean 4.0", HOSTILE)
    live.at_most("texts", page.words.count("Text "), 5)


def a_survey_with_names_is_saved_and_changed(site):
    path = site.path("survey", 4, "/plans")
    site.get(path).has("Your answers are kept with your name: Guest 04 <i>", "You can change them until", "go on later")
    page = site.post(path, ("ask: Your plans?", "half a"), ("save", "yes")).has("Saved. They count once you send them.")
    if page.fields["ask: Your plans?"] != ["half a"] or site.call("survey", name="plans")["answered"] != 0:
        raise AssertionError("it was not saved, or counts: %s" % page.fields)
    site.post(path, ("ask: Your plans?", ""), status=422).has("Please fill this in.")
    site.post(path, ("ask: Your plans?", "a plan"), ("ask: How sure?", "3")).has("Thank you", "Change my answers")
    page = site.get(path).has("Send the changed answers").lacks("go on later")
    site.post(path, ("ask: Your plans?", "another " + HOSTILE), ("ask: How sure?", "5"))
    results = site.call("survey", name="plans")
    if results["answered"] != 1 or results["questions"][0]["texts"] != ["another " + HOSTILE]:
        raise AssertionError(results)


def small_groups_stand_together(site):
    for n in (1, 2, 5, 6, 7, 8, 10):
        site.post(site.path("survey", n, "/plans"), ("ask: Your plans?", "plan %d" % n), ("ask: How sure?", "2"))
    if "groups" in site.call("survey", name="plans"):
        raise AssertionError("two answers of a group of three are told apart")
    for n in (3, 11, 12, 13, 14):
        site.post(site.path("survey", n, "/plans"), ("ask: Your plans?", "plan %d" % n), ("ask: How sure?", "4"))


def several_surveys_are_a_list(site):
    page = site.get(site.path("survey", 4)).has("Your surveys", "answered")
    live.at_least("links", len(page.links), 3)


def a_survey_elsewhere_is_marked_by_its_webhook(site):
    page = site.get(site.path("survey", 4, "/elsewhere")).has("another site, forms.example")
    link = [one for one in page.links if one.startswith("https://forms.example/")][0]
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["who"][0]
    body = json.dumps({"data": {"hidden": [{"who": token}, {"note": "x"}]}})

    def hook(headers, sent=body):
        return site.send("POST", "/hooks/survey/elsewhere", sent, dict({"content-type": "application/json"}, **headers))

    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    for headers in ({}, {"x-usher-secret": "guess"}, {"x-signature": "0" * 64}, {"authorization": "Bearer "},
                    {"x-signature": hmac.new(b"guess", body.encode(), hashlib.sha256).hexdigest()}):
        if hook(headers)[0] != 401:
            raise AssertionError("%s opens it" % headers)
    if json.loads(hook({"x-hub-signature-256": "sha256=" + signature})[2]) != {"marked": 1}:
        raise AssertionError("a signed call was not heard")
    plain = {"authorization": "Bearer " + SECRET, "origin": "https://forms.example"}
    if json.loads(hook(plain, '{"who": "guess", "%s": 1}' % token)[2]) != {"marked": 0} or hook(plain, "{")[0] != 400:
        raise AssertionError("what is no answer was taken for one")
    site.get(site.path("survey", 4, "/elsewhere")).has("Thank you")
    live.at_least("marked", site.call("survey", name="elsewhere")["answered"], 1)


def an_interest_form_needs_consent_and_is_taken_back(site):
    path = site.path("interest", 5, "/trainings")
    site.get(path).has("This form is with your name: Guest 05 <i>, g5@office.example", "anonymous survey",
                       "you may keep my name")
    topic = ("ask: What would you like to hear of?", "Data")
    page = site.post(path, topic, ("ask: What about?", HOSTILE), status=422).has("Without your agreement", HOSTILE)
    if page.ticked != [topic]:
        raise AssertionError("this is left: %s" % page.ticked)
    site.post(path, ("consent", "yes"), status=422).has("Please choose one.")
    site.post(path, topic, ("ask: What about?", HOSTILE), ("consent", "yes")).has("We have noted it")
    site.post(site.path("interest", 6, "/trainings"), topic, ("consent", "yes"))
    names = [one["name"] for one in site.call("interest", name="trainings")]
    if names != ["Guest 05 <i>", "Guest 06 <i>"]:
        raise AssertionError(names)
    site.get(path).has("Take it back")
    site.post(path, ("back", "yes")).has("Taken back")
    if len(site.call("interest", name="trainings")) != 1:
        raise AssertionError("it is still kept")


def a_deputy_answers_and_not_whose_place_it_is(site):
    site.call("deputy", person="g13", name="Deputy <b>", mail="deputy@office.example", who="office")
    site.get(site.path("survey", 13, "/plans")).has("kept with your name: Deputy <b>")
    site.get(site.path("survey", 13, "/plans", first=True)).has("Nothing to answer here")
    site.get(site.path("interest", 13, first=True)).has("Nothing to fill in here")
    site.call("deputy", person="g13", none=True, who="office")
    site.get(site.path("survey", 13, "/plans")).has("kept with your name: Guest 13 <i>")


def the_page_for_the_day_leads_on(site):
    page = site.get(site.path("join", 14)).has("Your feedback", "What next?")
    page.lacks("Your questions")
    live.at_least("links", sum(one.startswith(("/s/", "/i/")) for one in page.links), 2)


def links_open_nothing_else(site):
    survey, interest = site.path("survey", 4), site.path("interest", 4)
    site.get(survey.replace("/s/", "/i/"), 404)
    site.get(interest.replace("/i/", "/s/"), 404)
    site.get("/s/guess/feedback", 404)
    site.get(survey + "/nowhere").has("Nothing to answer here")
    kind = {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example"}
    got = site.send("POST", survey + "/plans", "ask%3A+Your+plans%3F=stolen", kind)[0]
    if got != 403:
        raise AssertionError("a form of another site was answered with %d" % got)


def looking_changes_nothing(site):
    def kept():
        return [site.call("survey", name=name) for name in ("feedback", "plans", "elsewhere")] + [
            site.call("interest", name="trainings"), site.call("questions")]
    before = kept()
    for kind in ("survey", "interest"):
        for rest in ("", "/feedback?done=1&saved=1", "/plans?save=yes&back=1", "/trainings?consent=yes&back=yes"):
            site.get(site.path(kind, 13, rest))
    if kept() != before:
        raise AssertionError("something has changed")


def spreadsheets_run_nothing(site):
    for text in (site.call("csv", name="plans"), site.call("interest-csv", name="trainings"),
                 site.call("csv", name="feedback")):
        for line in text.lstrip("\ufeff").split("\r\n"):
            for cell in line.split(","):
                if cell.lstrip('"')[:1] in tuple("=+-@\t\r"):
                    raise AssertionError("a cell is a formula: %s" % cell)


# ---- after it has closed ------------------------------------------------------------------------------------

def a_survey_that_has_closed_says_so(site):
    site.get(site.path("survey", 13, "/feedback")).has("This survey has closed", "Thu 04 Mar 2021, 17:00")
    site.get(site.path("survey", 1, "/feedback")).has("Your answers have been counted")
    site.post(site.path("survey", 13, "/feedback"), *feedback(13)).has("This survey has closed")
    live.at_most("answers", site.call("survey", name="feedback")["answered"], 12)


def all_answers_are_shown_once_it_has_closed(site):
    page = site.get("/results/feedback").has("12 have answered")
    live.at_least("texts", page.words.count("Text "), 12)
    text = site.call("csv", name="feedback")
    live.at_least("lines", text.count("\r\n"), 13)
    if "Guest" in text or "2021" in text:
        raise AssertionError("the file names people or times: %s" % text)


def the_question_box_has_closed(site):
    site.get(site.path("ask", 2)).has("Questions are no longer taken", "17:30")


def nothing_was_an_error(site):
    lines = [line for line in site.place.log().splitlines() if " error " in line]
    if lines:
        raise AssertionError("\n".join(lines[:5]))


DAY = (
    ("Thu 25 Feb 2021 15:00", (a_survey_that_is_not_open_says_when_it_opens, the_question_box_takes_as_many_as_it_says,
                               a_question_without_a_name_has_none, the_moderator_marks_questions)),
    ("Thu 25 Feb 2021 16:40", (one_link_leads_to_the_survey_that_is_open, a_guest_reads_their_own_language,
                               what_was_typed_stays_when_something_is_missing, forged_choices_are_refused,
                               an_anonymous_answer_is_final, anonymous_results_come_five_at_a_time)),
    ("Thu 25 Feb 2021 18:00", (a_survey_with_names_is_saved_and_changed, small_groups_stand_together,
                               several_surveys_are_a_list, a_survey_elsewhere_is_marked_by_its_webhook,
                               an_interest_form_needs_consent_and_is_taken_back,
                               a_deputy_answers_and_not_whose_place_it_is, the_page_for_the_day_leads_on,
                               links_open_nothing_else,
                               looking_changes_nothing, spreadsheets_run_nothing)),
    ("Fri 5 Mar 2021 09:00", (a_survey_that_has_closed_says_so, all_answers_are_shown_once_it_has_closed,
                              the_question_box_has_closed, nothing_was_an_error)),
)


def main():
    site, passed, failed = Site(), 0, 0
    for moment, checks in DAY:
        site.at(moment)
        for check in checks:
            name = check.__name__.replace("_", " ")
            try:
                check(site)
                passed += 1
                print("ok   ", name)
            except (AssertionError, LookupError, TypeError) as wrong:
                failed += 1
                print("FAIL ", name, "\n     ", repr(wrong)[:1500])
    site.place.close()
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
