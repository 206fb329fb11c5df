#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What guests type in stays text, on every page and in every mail; links lead nowhere else; colours can be read.

Sixty guests have hostile names and write hostile notes, one has a plain one. Each page and each mail of theirs must
have the structure of the plain guest's, element by element and attribute by attribute: then nothing of it is theirs.
"""
import html.parser
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, holds, main

HOSTILE = r"""
<script>alert(1)</script>
"><script>alert(1)</script>
'><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</style><script>alert(1)</script>
--><script>alert(1)</script>
]]><script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<iframe srcdoc="<script>alert(1)</script>">
<body onload=alert(1)>
<details open ontoggle=alert(1)>
<a href=javascript:alert(1)>x</a>
<a href="jav&#x09;ascript:alert(1)">x</a>
<form action=https://evil.example><button>x</button></form>
<base href=https://evil.example/>
<meta http-equiv=refresh content=0;url=https://evil.example>
<link rel=stylesheet href=https://evil.example/x.css>
<object data=data:text/html,x>
<embed src=https://evil.example>
<math><mi//xlink:href="data:x,<script>alert(1)</script>">
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<template><script>alert(1)</script></template>
<input onfocus=alert(1) autofocus>
<video><source onerror=alert(1)></video>
<marquee onstart=alert(1)>
<style>@import "https://evil.example/x.css";</style>
<xmp><p title="</xmp><script>alert(1)</script>">
<plaintext>
<!--
<![CDATA[<script>alert(1)</script>]]>
<?xml version="1.0"?>
<%= 7 * 7 %>
{{7*7}}
${7*7}
{name}
{answer_link}
{{secret:ROOM}}
{{secret:ROOM:00000000}}
" onmouseover="alert(1)
' onmouseover='alert(1)
` onmouseover=`alert(1)
" autofocus onfocus=alert(1) x="
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
%3Cscript%3Ealert(1)%3C/script%3E
javascript:alert(1)
//evil.example
https://evil.example/
[x](javascript:alert(1))
[x](https://evil.example)
![x](https://evil.example/x.png)
<https://evil.example>
**bold** _it_ `code` # head
=cmd|' /C calc'!A0
Dasho ‮evil‬
<ScRiPt >alert(1)</sCrIpT>
<<script>alert(1);//<</script>
""".strip().split("\n")

SCRIPT = """
event "hall" { title = "Hall <b>&</b> \\"garden\\"", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = secret "ROOM", id = "<i>1</i>", code = "&2" },
  from = "Desk <desk@office.example>", organisers = { "desk" }, recording = "https://videos.example/1",
  mails_an_hour = 1000 } -- days are hours here
people { { key = "desk", name = "The <b>Desk</b>", role = "organiser", mail = "desk@office.example" } }
guests "guests.csv"
programme { { "14:00-14:30", "Welcome <b>all</b>" }, { "Photo & tea" }, { "14:30-16:30", "Talk" } }
objectives { "Learn <b>this</b>" }
mail "invitation" { to = invited, at = "10 days before, 09:00", catch_up = true,
  subject = "Invitation: {title}", text = "Dear {full_name},\\n\\n{how_to_answer}\\n\\n{unsubscribe_link}" }
mail "joining" { to = coming, at = "1 day before, 15:00" }
mail "who-is-coming" { to = organisers, at = "1 day before, 11:00", text = "{answers}" }
"""
ROOM = "https://zoom.example/j/945?pwd=Geheim"
PLAIN = "Sonam Wangmo"


def cell(text):
    return '"%s"' % text.replace('"', '""')


def guests():
    """The plain guest first; whom each hostile one stands for is in their address."""
    rows = ["key,name,salutation,mail,assistant,group"]
    for n, name in enumerate([PLAIN] + HOSTILE):
        who = name if n else "Dasho"
        rows.append(",".join(["g%02d" % n, cell(name), cell(who), "g%02d@x.example" % n, "pa%02d@x.example" % n, "A"]))
    return "\n".join(rows) + "\n"


class Skeleton(html.parser.HTMLParser):
    """The elements with the names of their attributes, and the values of those that lead somewhere or do something."""

    def __init__(self, text, is_mail=False):
        super().__init__(convert_charrefs=True)
        self.parts, self.words, self.is_mail = [], [], is_mail
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.parts.append((tag, tuple(sorted(name for name, _ in attributes))))
        for name, value in attributes:
            if name.startswith("on") or name == "srcdoc" or name == "style" and not self.is_mail:
                raise AssertionError("<%s %s=%r>" % (tag, name, value))
            if name in ("href", "src", "action") and not re.match(r"/[^/]|mailto:|http://127\.0\.0\.1:|https://videos", value):
                raise AssertionError("<%s %s=%r> leads elsewhere" % (tag, name, value))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.parts.append(("/" + tag,))

    def handle_comment(self, data):
        raise AssertionError("a comment: %r" % data)

    def handle_pi(self, data):
        raise AssertionError("a processing instruction: %r" % data)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def said(self):
        return " ".join(" ".join(self.words).split())


def folded(text):
    return " ".join(text.split())


class Hall:
    """The event with its guests' links, at a time."""

    def __init__(self, place):
        self.place = place
        self.links = {}
        self.compared = 0

    def find_links(self):
        """guest's number -> {"a": path, "u": path}, and of assistants under "pa"."""
        for mail in self.place.mails():
            number = re.search(r"\d\d", mail.to).group()
            kind = "pa" if mail.to.startswith("pa") else ""
            for link in self.place.links_in(mail):
                path = link[len(self.place.site):]
                if path[1] in "auj":
                    self.links.setdefault(number, {})[kind + path[1]] = path

    def numbers(self):
        return sorted(self.links)

    def compare(self, what, path_of, hostile):
        """The page of every guest against that of the plain one."""
        visitor = self.place.visitor()
        plain = Skeleton(visitor.get(path_of("00")).text)
        holds(plain.said, PLAIN)
        for number in self.numbers():
            answer = visitor.get(path_of(number))
            equal((what, number, answer.status), (what, number, 200))
            page = Skeleton(answer.text)
            if page.parts != plain.parts:
                raise AssertionError("%s of %r has another structure: %r" % (what, hostile(number), answer.text[:3000]))
            self.compared += 1
            if number != "00":
                holds(page.said, folded(hostile(number)))
            if ROOM in answer.text:
                raise AssertionError("%s shows the secret" % what)


def hostile_of(number):
    return HOSTILE[int(number) - 1] if number != "00" else PLAIN


def open_hall(now):
    place = office.Office("hall.lua", text=SCRIPT, files={"guests.csv": guests()}, now=now)
    place.run(USHER_SECRET_ROOM=ROOM)
    place.settle()
    return place


def check_what_guests_are_called_and_write_makes_no_element_on_any_page_or_mail():
    with open_hall("2021-02-15 09:00 Asia/Thimphu") as place:
        hall = Hall(place)
        hall.find_links()
        equal(len(hall.numbers()), len(HOSTILE) + 1)
        visitor = place.visitor()
        hall.compare("the page that asks", lambda n: hall.links[n]["a"], hostile_of)
        hall.compare("the assistant's page", lambda n: hall.links[n]["paa"], hostile_of)
        for number in hall.numbers():
            note = hostile_of(number) if number != "00" else PLAIN
            answer = visitor.post(hall.links[number]["a"], {"answer": "yes", "note": note})
            equal((answer.status, answer.headers["location"]), (303, hall.links[number]["a"] + "/thanks"))
        place.settle()
        hall.find_links()
        hall.compare("the page with a note", lambda n: hall.links[n]["a"], hostile_of)
        hall.compare("the thank-you of assistants", lambda n: hall.links[n]["paa"] + "/thanks", hostile_of)
        plain = None
        for number in hall.numbers():  # a form that comes back shows what was typed
            form = {"name": hostile_of(number), "salutation": "Ms.", "mail": hostile_of(number)}
            answer = visitor.post(hall.links[number]["a"] + "/deputy", form)
            plain = plain or Skeleton(answer.text).parts
            equal((answer.status, Skeleton(answer.text).parts), (422, plain))
            form["mail"] = "d%s@x.example" % number
            equal(visitor.post(hall.links[number]["a"] + "/deputy", form).status, 303)
        place.settle()
        hall.compare("the page of who sent a deputy", lambda n: hall.links[n]["a"], hostile_of)
        hall.compare("their page for the day", lambda n: hall.links[n]["j"], hostile_of)
        place.go_to("2021-02-24 15:00 Asia/Thimphu")
        print("%d pages and %d mails of %d hostile guests have the plain one's structure" % (
            hall.compared, compare_mails(place), len(HOSTILE)))
        equal(place.stop(), 0)


def compare_mails(place):
    """The HTML of mails about a hostile guest against the same mail about the plain one."""
    by_kind = {}
    for mail in place.mails():
        number = re.search(r"\d\d", mail.to)
        kind = re.sub(r"\d\d", "", mail.to) + " " + re.sub(r".*(: Hall)", r"\1", folded(mail.subject))
        for name in ("Your", "You ", "Invitation", "How to"):
            kind += name if mail.subject.startswith(name) else ""
        if number:
            by_kind.setdefault(kind, []).append((int(number.group()), mail))
    checked = 0
    for kind, mails in by_kind.items():
        plain = [mail for number, mail in mails if number == 0]
        shapes = {tuple(Skeleton(mail.html, True).parts) for mail in plain}
        for number, mail in mails:
            checked += 1
            if tuple(Skeleton(mail.html, True).parts) not in shapes:
                raise AssertionError("%s: the mail %r about %r has another structure: %s" % (
                    kind, mail.subject, hostile_of("%02d" % number), mail.html[-2500:]))
            if ROOM in mail.text:
                raise AssertionError("a mail has the secret though there are pages")
    live.at_least("mails that were compared", checked, 5 * len(HOSTILE))
    return checked


def check_a_secret_room_is_known_to_whoever_presses_the_button():
    with open_hall("2021-02-25 13:45 Asia/Thimphu") as place:
        hall = Hall(place)
        hall.find_links()
        visitor = place.visitor()
        answer = visitor.post(hall.links["00"]["a"], {"answer": "yes"})
        page = visitor.follow(answer).page
        [path] = [link for link in page.links if "/j/" in link]
        shown = visitor.get(path)
        holds(shown.headers["content-security-policy"], "form-action 'self' https:;")
        if "zoom.example" in shown.text:
            raise AssertionError("the room is on the page")
        gone = visitor.post(path, {})
        equal((gone.status, gone.headers["location"]), (303, ROOM))
        holds(place.command("attended", "g00", "no", "--by", "karma")[1], "was not there")
        equal(place.stop(), 0)


def check_no_form_and_no_address_leads_a_visitor_elsewhere():
    with open_hall("2021-02-15 09:00 Asia/Thimphu") as place:
        hall = Hall(place)
        hall.find_links()
        visitor, mine = place.visitor(), hall.links["00"]["a"]
        for tail in ("?next=https://evil.example", "?redirect=//evil.example", "?return=/%5Cevil.example"):
            answer = visitor.post(mine + tail, {"answer": "yes", "redirect": "https://evil.example",
                                                "away": "https://evil.example", "next": "//evil.example"})
            equal((answer.status, answer.headers["location"]), (303, mine + "/thanks"))
        for path in ("//evil.example" + mine, mine + "//evil.example", mine + "/%2F%2Fevil.example", mine + "/..//x"):
            status = visitor.get(place.site + path).status
            if status not in (400, 404):
                raise AssertionError("%s is answered with %d" % (path, status))
        answer = visitor.get(mine, Host="evil.example")
        if answer.status == 200 and "evil.example" in answer.text:
            raise AssertionError("the page repeats the host that was asked for")
        equal(place.stop(), 0)


# ---- colours --------------------------------------------------------------------------------------------

def colours_of(css):
    """The two sets of named colours, light and dark."""
    light, dark = re.findall(r":root \{(.*?)\}", css, re.S)[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in (light, dark)]
    return {"light": found[0], "dark": {**found[0], **found[1]}}


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def check_every_text_can_be_read_on_every_ground():
    css = (live.ROOT / "scripts/pages/usher.css").read_text()
    texts, grounds = ("ink", "quiet", "accent", "flag", "good", "bad"), ("paper", "ground", "soft")
    pairs = [(text, ground) for text in texts for ground in grounds] + [("on-accent", "accent"), ("paper", "flag")]
    for scheme, colours in colours_of(css).items():
        for text, ground in pairs:
            ratio = contrast(colours[text], colours[ground])
            if ratio < 4.5:
                raise AssertionError("%s: %s on %s has a contrast of %.2f" % (scheme, text, ground, ratio))
        for ground in grounds:  # borders of fields and the mark of the focus
            for line in ("quiet", "accent"):
                live.at_least("%s: %s beside %s" % (scheme, line, ground), contrast(colours[line], colours[ground]), 3)


main(globals())
