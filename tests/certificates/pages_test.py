#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Certificates of a real event, from the name that a guest confirms to the page that tells a stranger whether
the paper is genuine: usher with its pages, a mail server, and a clock that is moved.
"""
import re
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, holds, main

NAME = "Dasho Karma བསྟན་འཛིན་རྒྱ་མཚོ"
FORGOTTEN = "Quolbert"
GUESTS = """key,name,salutation,mail,group
P1,Karma,Dasho,karma@health.example,Secretaries
P2,Quolbert,,quolbert@health.example,Secretaries
P3,Away,,away@health.example,Secretaries
"""
CORRECTED = "Dasho Karma བསྟན་འཛིན་རྒྱ་མཚོ་དབང་ཕྱུག"
SCRIPT = """
event "training" { title = "Digital Government", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "DoIM <doim@office.example>", organisers = { "doim" },
  where = zoom { link = "https://zoom.example/j/1" } }
people { { key = "doim", name = "Department of Information", mail = "doim@office.example", role = "organiser" } }
guests "guests.csv"
certificate { to = present, signed_by = "Phuntsho Tobgay\\nDirector" }
mail "your-name" { to = invited, at = "1 day before, 10:00", subject = "Your name", text = "{certificate}" }
"""


def lacks(text, part):
    equal(part in text, False)


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def code_in(pdf):
    """What a telephone's camera reads."""
    png = subprocess.run(["pdftoppm", "-png", "-r", "150", "-"], input=pdf, capture_output=True, check=True).stdout
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        read = subprocess.run(["zbarimg", "-q", "--raw", "--nodbus", file.name], capture_output=True, check=True)
    return read.stdout.decode().strip()


def pdf_of(mail):
    return [content for kind, _, content in mail.parts if kind == "application/pdf"]


class Story:
    """Lives through the event once; what it collects is looked at by the checks."""

    def __init__(self):
        self.office = o = office.Office(text=SCRIPT, files={"guests.csv": GUESTS}, now="2021-02-24 09:59 Asia/Thimphu")
        o.run()
        o.go_to("2021-02-24 10:00 Asia/Thimphu")
        self.own = o.links_in(o.wait_mail("karma@health.example", "Your name"))[0]
        self.guest, self.stranger = o.visitor(), o.visitor()
        self.before = self.guest.get(self.own).page
        self.named = self.guest.fill(self.before, {"name": NAME})
        o.go_to("2021-02-25 15:00 Asia/Thimphu")
        for key in ("P1", "P2"):
            equal(o.command("attended", key)[0], 0)
        o.go_to("2021-03-01 10:00 Asia/Thimphu")
        self.mail = o.wait_mail("karma@health.example", "Your certificate")
        self.pdf = pdf_of(self.mail)[0]
        self.url = code_in(self.pdf)
        other = pdf_of(o.wait_mail("%s@health.example" % FORGOTTEN.lower(), "Your certificate"))[0]
        self.other_url = code_in(other)


STORY = Story()


def check_the_name_on_it_is_the_one_that_the_guest_confirmed():
    holds(STORY.before.said, "As it is to stand on the certificate")
    equal(STORY.before.forms[0]["fields"]["name"], "Dasho Karma")
    holds(STORY.named.page.said, "this is how your name stands on it")
    page = STORY.guest.get(urllib.parse.urljoin(STORY.own + "/", "certificate")).page
    holds(page.said, NAME)
    holds(text_of(STORY.pdf), "Dasho Karma")


def check_only_who_was_there_gets_one():
    got = sorted(mail.to for mail in STORY.office.mails() if pdf_of(mail))
    equal(got, ["karma@health.example", "quolbert@health.example"])


def check_the_code_opens_a_page_that_says_who_what_and_when_and_nothing_more():
    answer = STORY.stranger.get(STORY.url)
    equal(answer.status, 200)
    for said in ("This certificate is genuine", NAME, "Digital Government", "25 February 2021", "1 March 2021"):
        holds(answer.page.said, said)
    for kept in ("karma@health.example", "Secretaries", "P1", FORGOTTEN, STORY.own.rsplit("/", 1)[1], "zoom"):
        lacks(answer.text, kept)


def check_the_page_gives_the_same_bytes_as_the_mail():
    answer = STORY.guest.get(STORY.own + "/certificate/certificate.pdf")
    equal((answer.status, answer.headers["content-type"]), (200, "application/pdf"))
    equal(answer.body == STORY.pdf, True)
    again = STORY.guest.get(STORY.own + "/certificate/certificate.pdf", **{"If-None-Match": answer.headers["etag"]})
    equal((again.status, again.body), (304, b""))
    head = STORY.guest.head(STORY.own + "/certificate/certificate.pdf")
    equal((head.status, int(head.headers["content-length"])), (200, len(STORY.pdf)))


def check_a_code_that_is_guessed_is_answered_politely():
    for path in ("/c/7K4M-2Q9X-HT3W", "/c/nothing", "/c/%3Cscript%3E"):
        answer = STORY.stranger.get(path)
        equal(answer.status, 404)
        holds(answer.page.said, "There is no certificate with this code")
        lacks(answer.text, "<script>")
    typed = STORY.url.rsplit("/", 1)[1].lower().replace("-", " ")
    equal(STORY.stranger.get("/c?code=" + urllib.parse.quote(typed)).status, 303)


def check_a_correction_makes_a_new_one_and_the_old_code_names_it():
    page = STORY.guest.get(STORY.own).page
    STORY.guest.fill(page, {"name": CORRECTED})
    fresh = STORY.guest.get(STORY.own + "/certificate/certificate.pdf").body
    url = code_in(fresh)
    equal(url != STORY.url, True)
    old = STORY.stranger.get(STORY.url).page.said
    holds(old, "replaced by the one with the code " + url.rsplit("/", 1)[1])
    lacks(old, "Karma")
    holds(STORY.stranger.get(url).page.said, CORRECTED)


def check_the_page_prints_on_one_sheet_of_a4_across():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "printed.pdf"
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                        "--user-data-dir=" + folder, "--no-pdf-header-footer", "--print-to-pdf=%s" % path,
                        STORY.own + "/certificate"], capture_output=True, check=True, timeout=live.PATIENCE_S)
        said = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True).stdout.decode()
        equal(re.findall(r"^Pages: +(\d+)$", said, re.M), ["1"])
        width, height = re.search(r"^Page size: +([\d.]+) x ([\d.]+)", said, re.M).groups()
        equal((round(float(width)), round(float(height))), (842, 595))
        holds(text_of(path.read_bytes()), "Certificate of Participation")
        equal(code_in(path.read_bytes()).split("/c/")[0], STORY.office.site)


def check_looking_changes_nothing():
    pages = [STORY.own, STORY.own + "/certificate", STORY.own + "/certificate/certificate.pdf", STORY.url, "/c"]
    before = STORY.office.json("log", "training")["rows"]
    for path in 2 * pages:
        STORY.guest.get(path)
    equal(STORY.office.json("log", "training")["rows"], before)


def check_it_lives_on_after_a_kill():
    STORY.office.kill()
    STORY.office.run()
    equal(STORY.stranger.get(STORY.url).status, 200)
    equal(STORY.guest.get(STORY.own + "/certificate/certificate.pdf").status, 200)


def check_many_at_once_are_drawn_or_told_to_come_again():
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(lambda _: STORY.office.visitor().get(STORY.own + "/certificate/certificate.pdf"),
                                 range(80)))
    equal({a.status for a in answers} <= {200, 503}, True)
    equal(len({a.body for a in answers if a.status == 200}), 1)


def check_the_journal_has_what_the_mail_says_and_not_its_pages():
    size = sum(path.stat().st_size for path in STORY.office.path.glob("usher.db*") if path.is_file())
    equal(STORY.pdf in b"".join(p.read_bytes() for p in STORY.office.path.glob("usher.db*") if p.is_file()), False)
    live.at_most("bytes of the database", size, 4 << 20)


def check_of_somebody_forgotten_the_code_says_only_that_it_is_not_valid():
    holds(STORY.stranger.get(STORY.other_url).page.said, FORGOTTEN)
    code, said, errors = STORY.office.command("forget", "quolbert@health.example", "--yes", "--lists")
    equal((code, errors), (0, ""))
    answer = STORY.stranger.get(STORY.other_url)
    holds(answer.page.said, "not valid any more")
    lacks(answer.text, FORGOTTEN)
    STORY.office.stop()
    kept = b"".join(path.read_bytes() for path in STORY.office.path.glob("usher.db*") if path.is_file())
    equal(FORGOTTEN.encode() in kept, False)


if __name__ == "__main__":
    main(globals())
