#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A crowd signs up, confirms, cancels, takes offers and comes back over many connections at once, while usher
is killed with -9 at random moments; between two lives hours go by now and then, and offers lapse.

What holds is looked at from outside, after every start, in the middle of the rush and at the end:
  whatever was answered is there after the kill; a request that broke off has happened or has not
  no seat is given twice, and none stays free while somebody waits who could have it
  who was answered before another one asked stands before them in the line; nobody who waits is passed over
  one address is one person, however often the form came
"""
import http.client
import random as dice
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
import visitor
from errands import equal, main

random = live.seed()

KILLS = 40
JUMP_EVERY = 5        # kills; then hours go by before the next life
LIFE_S = 0.7          # a life is as long as this on average, once the pages are there
CROWD = 800           # they arrive bit by bit, so that every life has news
AT_ONCE = 16          # connections
ROOM = {"Schools": 12, "Offices": 8}
FREE = 10             # seats for either
EVENT = "lecture"
BEGINS = "2021-02-01 09:00 Asia/Thimphu"

SCRIPT = """
event "lecture" { title = "Lecture", when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu", where = "Thimphu",
  organisers = "office", from = "Desk <desk@office.example>" }
people { { key = "office", name = "Office", role = "organiser", mail = "office@office.example" } }
signup { seats = { Schools = %d, Offices = %d, free = %d }, offer = "2 hours", limit = false }
mail "joining" { to = coming, at = "1 working day before, 10:00", subject = "Tomorrow", text = "See you." }
usher.on("whole", function()
  local people, addresses = {}, {}
  for key, entry in usher.book("signup"):each() do
    people[key] = { state = entry.state, place = entry.place, group = entry.group, turns = entry.turns }
  end
  for address, known in usher.book("signup-mail"):each() do addresses[address] = known.key end
  local line = usher.book("seats"):get("line") or { taken = {} }
  return { people = people, addresses = addresses, taken = line.taken }
end)
""" % (ROOM["Schools"], ROOM["Offices"], FREE)

# What somebody's act leads to: the states in which they may be when it was answered and nothing came after.
LEADS_TO = {
    "form": {"pending"},
    "confirm": {"seat", "waiting", "offered", "lapsed"},
    "again": {"seat", "waiting", "offered", "lapsed"},
    "take": {"seat"},
    "cancel": {"cancelled"},
}


class Person:
    """Somebody of the crowd: what they asked for, when, and whether they heard that it was done."""

    def __init__(self, number):
        self.address = "guest%d@crowd.example" % number
        self.name = "Guest %d" % number
        self.group = random.choice(sorted(ROOM))
        self.lock = threading.Lock()  # one act at a time
        self.link = None              # from the mail
        self.acts = []                # (act, asked at, answered at or None)

    def may_be(self):
        """The states that fit with what was heard: of the last act that was answered, and those after it."""
        states = set()
        for act, _, answered in self.acts:
            states = LEADS_TO[act] if answered else states | LEADS_TO[act]
        return states if self.acts and any(answered for _, _, answered in self.acts) else states | {None}


class Crowd:
    def __init__(self, place):
        self.place = place
        self.people = [Person(n) for n in range(CROWD)]
        self.by_address = {person.address: person for person in self.people}
        self.note = None
        self.read = 0  # mails that were read
        self.open = threading.Event()  # the pages are there
        self.over = False
        self.arrived = AT_ONCE
        self.faults = []
        self.figures = Counter()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(AT_ONCE)]

    # ---- what they do -------------------------------------------------------------------------------

    def work(self):
        rolls = dice.Random(random.random())
        while not self.over:
            self.open.wait(0.5)
            person = self.people[rolls.randrange(self.arrived)]
            if not self.open.is_set() or not person.lock.acquire(blocking=False):
                continue
            try:
                self.act(person, rolls)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)  # usher is gone; what was asked is written down as not answered
            except Exception as fault:
                self.faults.append(fault)
            finally:
                person.lock.release()

    def act(self, person, rolls):
        guest = self.place.visitor()
        if not person.acts or (not person.link and rolls.random() < 0.1):
            form = {"name": person.name, "mail": person.address, "group": person.group, "note": self.note}
            self.ask(person, "form", lambda: guest.post("/signup/" + EVENT, form))
        elif person.link:
            page = guest.get(person.link).page
            forms = {form["fields"].get("act"): form for form in page.forms}
            act = self.choose(forms, rolls)
            if act:
                self.ask(person, act, lambda: guest.post(forms[act]["action"], forms[act]["fields"]))

    def choose(self, forms, rolls):
        likely = {"confirm": 0.6, "again": 0.1, "take": 0.4, "cancel": 0.1}
        for act, chance in likely.items():
            if act in forms and rolls.random() < chance:
                return act
        return None

    def ask(self, person, act, send):
        person.acts.append((act, time.monotonic(), None))
        answer = send()
        if answer.status != 303:
            raise AssertionError("%s of %s: %r" % (act, person.address, answer))
        if act == "form" and len(person.acts) > 1:
            person.acts.pop()  # the form again, which does nothing; the first may have been cut off
            if not any(answered for kind, _, answered in person.acts if kind == "form"):
                person.acts.append((act, time.monotonic(), time.monotonic()))
            return
        person.acts[-1] = (act, person.acts[-1][1], time.monotonic())
        self.figures[act] += 1

    def read_mails(self):
        """Whoever has mail from usher knows their link."""
        accepted = self.place.server.accepted()
        for n in range(self.read, len(accepted)):
            content = (self.place.server.record.parent / ("%d.eml" % (n + 1))).read_bytes()
            mail = office.Mail(accepted[n][0], content)
            person = self.by_address.get(mail.to)
            links = [link for link in self.place.links_in(mail) if "/p/" in link]
            if person and links:
                person.link = links[0]
        self.read = len(accepted)

    # ---- what must hold -----------------------------------------------------------------------------

    def whole(self):
        reply = self.place.ask("call", call="whole")
        if "reply" not in reply:
            raise AssertionError("no answer: %s" % reply)
        self.figures["looks"] += 1
        return reply["reply"]

    def look(self):
        """One moment of usher's, in the middle of everything."""
        whole = self.whole()
        assert_seats(whole)
        assert_order(whole)
        equal(len(set(whole["addresses"].values())), len(whole["addresses"]))
        return whole

    def look_at_everybody(self):
        """Between two rushes: nobody is asking, so that everybody's state is known."""
        whole = self.look()
        for person in self.people:
            key = whole["addresses"].get(person.address)
            state = whole["people"][key]["state"] if key else None
            self.figures["lapsed"] += state == "lapsed"
            if state not in person.may_be():
                raise AssertionError("%s is %s, and did: %s" % (person.address, state, person.acts))
        assert_arrivals(self.people, whole)


def assert_seats(whole):
    """As many sit as the counts say, never more than there are seats, and no seat is free for who waits."""
    taken = Counter(entry["group"] for entry in whole["people"].values()
                    if entry["state"] in ("seat", "offered"))
    equal({group: n for group, n in whole["taken"].items() if n}, dict(taken))
    beyond = sum(max(0, taken[group] - own) for group, own in ROOM.items())
    live.at_most("taken free seats", beyond, FREE)
    for group, own in ROOM.items():
        waiting = [key for key, entry in whole["people"].items()
                   if entry["group"] == group and entry["state"] == "waiting"]
        if waiting and (taken[group] < own or beyond < FREE):
            raise AssertionError("%d of %s wait, and there is a seat: %s" % (len(waiting), group, taken))


def assert_order(whole):
    """Within a group nobody who waits came before somebody who sits or is asked. Places are given once."""
    places = [entry["place"] for entry in whole["people"].values() if entry.get("place")]
    equal(len(places), len(set(places)))
    for group in ROOM:
        of = {state: [entry["place"] for entry in whole["people"].values()
                      if entry["group"] == group and entry["state"] in states]
              for state, states in (("in", ("seat", "offered")), ("waits", ("waiting",)))}
        if of["in"] and of["waits"] and max(of["in"]) > min(of["waits"]):
            raise AssertionError("place %d of %s was passed over" % (min(of["waits"]), group))


def assert_arrivals(people, whole):
    """Of those who came into the line once: who was answered before another one asked stands before them."""
    came = []
    for person in people:
        entries = [act for act in person.acts if act[0] in ("confirm", "again")]
        entry = whole["people"].get(whole["addresses"].get(person.address)) or {}
        if len(entries) == 1 and entry.get("turns") == 1:
            _, asked, answered = entries[0]
            came.append((asked, answered, entry["place"]))
    for _, answered, place in came:
        passed = [other for asked, _, other in came if answered and answered < asked and other < place]
        equal(passed, [])


# ---- the story ------------------------------------------------------------------------------------------

def rush(crowd):
    """The pages are there, for a random time, and the crowd is at them."""
    ends = time.monotonic() + random.random() * 2 * LIFE_S
    crowd.arrived = min(CROWD, crowd.arrived + CROWD // KILLS)
    crowd.open.set()
    while time.monotonic() < ends:
        crowd.read_mails()
        crowd.look()
        time.sleep(0.05)


def calm(crowd):
    """Nobody asks any more, and nobody waits for an answer."""
    crowd.open.clear()
    for person in crowd.people:
        with person.lock:
            pass


def kill(crowd):
    """In the middle of it all."""
    crowd.figures["in flight"] += sum(person.lock.locked() for person in crowd.people)
    if not crowd.place.kill():
        raise AssertionError("usher ended by itself: " + crowd.place.log()[-3000:])
    calm(crowd)


def hours_go_by(crowd, life):
    """Two and a half, and offers that nobody took lapse when usher is there again. The page of the form stays
    good for a day."""
    minutes = 10 * 60 + 150 * (life // JUMP_EVERY + 1)
    crowd.place.move_clock("2021-02-%02d %02d:%02d Asia/Thimphu" % (
        1 + minutes // 1440, minutes // 60 % 24, minutes % 60))


def say(crowd, whole):
    states = Counter(entry["state"] for entry in whole["people"].values())
    figures = crowd.figures
    cut = sum(not answered for person in crowd.people for _, _, answered in person.acts)
    print("%d kills with %d requests under way, %d acts broke off" % (KILLS, figures["in flight"], cut))
    print("answered: %d forms, %d confirmed, %d offers taken, %d cancelled, %d came back; looked %d times" % (
        figures["form"], figures["confirm"], figures["take"], figures["cancel"], figures["again"],
        figures["looks"]))
    print("at the end, of %d seats: %s; 0 lost, 0 passed over" % (sum(ROOM.values()) + FREE, dict(states)))


def check_what_was_answered_is_there_after_a_kill_and_seats_and_order_hold():
    with office.Office(text=SCRIPT, now=BEGINS) as place:
        place.run()
        crowd = Crowd(place)
        crowd.note = place.visitor().get("/signup/" + EVENT).page.forms[0]["fields"]["note"]
        place.move_clock("2021-02-01 09:05 Asia/Thimphu")  # nobody fills in a form faster than in two seconds
        for thread in crowd.threads:
            thread.start()
        for life in range(KILLS):
            rush(crowd)
            kill(crowd)
            if life % JUMP_EVERY == 0:
                hours_go_by(crowd, life)
            place.run()
            crowd.look_at_everybody()
            equal(crowd.faults, [])
        rush(crowd)
        calm(crowd)
        crowd.over = True
        place.settle()
        crowd.look_at_everybody()
        say(crowd, crowd.whole())
        equal(place.rows("fsck"), [])
        equal(place.stop(), 0)
        for act in ("form", "confirm", "take", "cancel", "again", "lapsed"):
            live.at_least(act, crowd.figures[act], 5)  # a busy machine comes to fewer of the rare ones


main(globals())
