#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mail scanners open every link, some of them again and again. Looking changes nothing.

Whole events are played with real mails. At several moments of each, every address that any mail holds (its
text, its HTML, its headers, its calendar entries) and every page that is reached from there is asked for with
GET and HEAD, several times, in random order, by clients of all kinds. The database before and after, all its
tables with the engine stopped, is the same.
"""
import contextlib
import re
import sqlite3
import sys
import urllib.parse
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, main

random = live.seed()

TIMES = 3   # that each address is asked for with GET, and half as often with HEAD
ORGANISER = "doim@moic.example"  # of both events
PAGES_MAX = 2000  # of one look at everything; more would be a calendar without an end

# What such clients say of themselves, and what comes with a request that no person made.
CLIENTS = (
    {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"},
    {"User-Agent": "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)", "X-Forwarded-For": "203.0.113.9"},
    {"User-Agent": "BarracudaCentral/1.0", "Referer": "https://linkprotect.example/v2/url?u=1"},
    {"User-Agent": "GoogleImageProxy", "Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
    {"User-Agent": "", "Accept": "*/*", "Connection": "close"},
    {"User-Agent": "curl/7.88.1", "Range": "bytes=0-99"},
    {"User-Agent": "Mozilla/5.0", "Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
    {"User-Agent": "SafeLinks\t\u00e9".encode("utf-8").decode("latin-1"), "If-None-Match": "*"},
)


# ---- what is there --------------------------------------------------------------------------------------

def rows_of(database):
    """Every row of every table."""
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % database, uri=True)) as db:
        tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: sorted(map(repr, db.execute('SELECT * FROM "%s"' % table))) for table in tables}


def differences(before, after):
    """Table by table: the rows that went and those that came."""
    found = {}
    for table in sorted(set(before) | set(after)):
        old, new = Counter(before.get(table, [])), Counter(after.get(table, []))
        if old != new:
            found[table] = {"gone": sorted((old - new).elements()), "new": sorted((new - old).elements())}
    return found


def addresses_in(mail, site):
    """All of our addresses that a mail holds, wherever they stand in it."""
    texts = [str(value) for value in mail.message.values()]
    for kind, _, content in mail.parts:
        text = content.decode("utf-8", "replace")
        texts.append(text.replace("\r\n ", "").replace("&amp;", "&") if kind != "text/plain" else text)
    found = set()
    for text in texts:
        found.update(link.rstrip(".,;:!?") for link in re.findall(r"https?://[^\s<>\"'\\)\]]+", text))
    return {link for link in found if link.startswith(site)}


# ---- looking at everything ------------------------------------------------------------------------------

class Crawler:
    def __init__(self, place):
        self.place = place
        self.asked = Counter()
        self.statuses = Counter()
        self.dead = set()
        self.organiser = log_in(place)  # who has a cookie that opens the organisers' pages

    def request(self, method, url, guest=None):
        """One request of a client that comes along: an organiser's, or a stranger's."""
        guest = guest or random.choice((self.organiser, self.place.visitor()))
        answer = guest.ask(method, url, headers=random.choice(CLIENTS))
        self.asked[method] += 1
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            raise AssertionError("%s: %r" % (method, answer))
        if answer.status == 404:
            self.dead.add(url)
        if method == "HEAD" and answer.body:
            raise AssertionError("HEAD has a body: %r" % answer)
        return answer

    def links_of(self, answer):
        links = set()
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = answer.page
            links.update(page.links)
            links.update(form["action"] for form in page.forms)  # a form's address can be opened, too
        if "location" in answer.headers:
            links.add(urllib.parse.urljoin(answer.url, answer.headers["location"]))
        return {link.split("#")[0] for link in links if link.startswith(self.place.site + "/")}

    def reach(self, starts):
        """All that is reached from these addresses."""
        known, new = set(), set(starts)
        while new:
            known |= new
            live.at_most("pages", len(known), PAGES_MAX)
            answers = [self.request("GET", url, guest) for url in sorted(new)
                       for guest in (self.organiser, self.place.visitor())]
            new = set().union(*map(self.links_of, answers)) - known
        return known

    def crawl(self, starts):
        pages = self.reach(starts)
        again = [("GET", url) for url in pages for _ in range(TIMES)] + [("HEAD", url) for url in pages]
        random.shuffle(again)
        for method, url in again:
            self.request(method, url)
        return pages


def log_in(place):
    """An organiser, let in by a mailed link."""
    organiser = place.visitor()
    page = organiser.get("/login").page
    organiser.fill(page, {name: ORGANISER for name, value in page.forms[0]["fields"].items() if value == ""})
    [link] = place.links_in(place.wait_mail(ORGANISER, "Log in"))
    seen = organiser.fill(organiser.get(link).page, {})
    equal(seen.status, 200)
    return organiser


def restart(place):
    equal(place.stop(), 0)
    rows = rows_of(place.path / "usher.db")
    place.run()
    place.settle()
    return rows


def look_at_everything(place, crawler, moment):
    """What a restart alone leaves and what a restart after the crawl leaves are the same rows."""
    place.go_to(moment)
    starts = set().union(*(addresses_in(mail, place.site) for mail in place.mails())) | {place.site + "/"}
    starts.update(place.site + path for path in place.public)
    restart(place)
    before = restart(place)
    pages = crawler.crawl(starts)
    place.settle()
    changed = differences(before, restart(place))
    equal(changed, {})
    return pages, starts


def play(title, place, public, moments):
    place.public = public
    with place:
        place.run()
        place.settle()
        crawler, pages, starts = Crawler(place), set(), set()
        for moment, act in moments:
            more, begun = look_at_everything(place, crawler, moment)
            pages, starts = pages | more, starts | begun
            if act:
                act(place)
                place.settle()
        statuses = ", ".join("%d x %d" % (n, status) for status, n in sorted(crawler.statuses.items()))
        print("%s: %d mails, %d addresses in them, %d pages in all" % (
            title, len(place.mails()), len(starts), len(pages)))
        print("%s: GET %d times and HEAD %d times (%s) changed nothing" % (
            title, crawler.asked["GET"], crawler.asked["HEAD"], statuses))
        equal(crawler.dead - {place.site + "/"}, set())
        equal(place.stop(), 0)


# ---- the events -----------------------------------------------------------------------------------------

def sign_up(place):
    """More people than there are seats."""
    forms = place.visitor().get("/signup/ict-webinar").page.forms
    place.move_clock("2021-02-03 12:05 Asia/Thimphu")  # nobody types faster than in two seconds
    for n in range(16):
        groups = forms[0]["choices"]["group"]
        fields = dict(forms[0]["fields"], name="Guest %d" % n, mail="guest%d@crowd.example" % n,
                      group=groups[n % len(groups)], **{"ask: Your office": "Office %d" % n})
        equal((n, place.visitor().post(forms[0]["action"], fields).status), (n, 303))


def press(place, letter, value, field="act"):
    """Everybody whose page, behind such a link, has a button with that value presses it. How many did."""
    links = sorted({link for mail in place.mails() for link in place.links_in(mail)
                    if link.startswith("%s/%s/" % (place.site, letter))})
    pressed = 0
    for link in links:
        guest = place.visitor()
        for form in guest.get(link).page.forms:
            if value in (form["fields"].get(field), *form["choices"].get(field, ())):
                equal(guest.post(form["action"], dict(form["fields"], **{field: value})).status, 303)
                pressed += 1
                break
    return pressed


def confirm(place):
    live.at_least("sign-ups confirmed", press(place, "p", "confirm"), 16)


def check_a_webinar_with_a_sign_up():
    place = office.Office("webinar.lua", example="examples/05-signup-and-survey",
                          now="2021-02-01 12:00 Asia/Thimphu")
    play("webinar", place, ["/signup/ict-webinar"], [
        ("2021-02-03 12:00 Asia/Thimphu", sign_up),
        ("2021-02-03 18:00 Asia/Thimphu", confirm),
        ("2021-02-24 20:00 Asia/Thimphu", None),
        ("2021-02-25 14:45 Asia/Thimphu", None),
        ("2021-03-05 20:00 Asia/Thimphu", None)])


def answer(place):
    """All say no, and some think better of it."""
    live.at_least("guests who said no", press(place, "a", "no", "answer"), 20)
    live.at_least("guests who said yes", press(place, "a", "yes", "answer"), 20)


def approve(place):
    """The word of one of those whom the founding briefing names, for everything."""
    code, out, errors = place.command("approve", "hlb-2021", "--all", "--by", "doim")
    equal((code, errors), (0, ""))


def check_the_founding_briefing():
    place = office.Office("hlb.lua", example="examples/03-briefing-2021", now="2021-02-01 12:00 Asia/Thimphu")
    play("briefing", place, [], [
        ("2021-02-05 12:00 Asia/Thimphu", approve),
        ("2021-02-08 20:00 Asia/Thimphu", answer),
        ("2021-02-24 20:00 Asia/Thimphu", None),
        ("2021-02-25 14:45 Asia/Thimphu", None),
        ("2021-03-05 20:00 Asia/Thimphu", None)])


def check_one_answer_would_have_been_seen():
    place = office.Office("hlb.lua", example="examples/03-briefing-2021", now="2021-02-08 20:00 Asia/Thimphu")
    with place:
        place.run()
        place.settle()
        approve(place)
        place.settle()
        before = restart(place)
        link = place.links_in(place.wait_mail("secretary@health.example"))[0]
        guest = place.visitor()
        guest.fill(guest.get(link).page, {"answer": "yes"})
        place.settle()
        equal("book" in differences(before, restart(place)), True)


main(globals())
