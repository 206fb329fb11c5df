# SPDX-License-Identifier: MIT
"""edits: what an organiser may do to a script while its event runs, made up from a seed.

An Edition is a folder with a script; edit() makes one to three random edits to a copy of it and answers what they
were. An edit after which `usher check` refuses the script is taken back, and another one is tried.
"""
import datetime
import random
import re
import shutil
from pathlib import Path

import live

RULES = live.ROOT / "scripts/usher/rules"
RULE = re.compile(r'^mail "([\w-]+)" \{(.*)\}$', re.M)
PHRASES = ["%d working days before, %02d:00", "%d days before, %02d:30", "%d working days after, %02d:00"]
TRIES_MAX = 40


class Edition:
    def __init__(self, place, folder, script):
        self.place, self.folder, self.path = place, Path(folder), Path(folder) / script

    @property
    def text(self):
        return self.path.read_text()

    @text.setter
    def text(self, text):
        self.path.write_text(text)

    def is_fine(self):
        return self.place.command("check", self.path)[0] == 0

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Edition(self.place, folder, self.path.name)


def first_edition(place, example, folder):
    """The example with its house rules in the script itself, so that each of them can be edited."""
    path = live.ROOT / "examples" / example
    shutil.copytree(path.parent, folder)
    edition = Edition(place, folder, path.name)
    text = re.sub(r'^use\("?([\w-]+)"?, \{ except = \{ "([\w-]+)" \} \}\)$', lambda use: re.sub(
        r'^mail "%s".*$' % use.group(2), "", (RULES / (use.group(1) + ".lua")).read_text(), flags=re.M), edition.text, flags=re.M)
    edition.text = re.sub(r'^use "(briefing[\w-]*)"$', lambda use: (RULES / (use.group(1) + ".lua")).read_text(), text, flags=re.M)
    return edition


# ---- the edits ---------------------------------------------------------------------------------------------


def move_event(dice, edition):
    """Another day, or another hour; the weekday is said right."""
    def moved(match):
        when = datetime.datetime.strptime(match.group(1), "%d %b %Y") + datetime.timedelta(days=dice.choice([-2, -1, 0, 1, 7, 14]))
        shift = dice.choice([0, 0, -1, 1])
        hours = ["%02d:%s" % (int(time[:2]) + shift, time[3:]) for time in match.group(2).split("-")]
        return 'when = "%s %s' % (when.strftime("%a %d %b %Y"), "-".join(hours))
    edition.text = re.sub(r'when = "\w+ (\d+ \w+ \d{4}) (\d\d:\d\d-\d\d:\d\d)', moved, edition.text)
    return "moves the event"


def change_rule(what, change):
    def edit(dice, edition):
        rules = RULE.findall(edition.text)
        if not rules:
            return None
        name, options = dice.choice(rules)
        old = 'mail "%s" {%s}' % (name, options)
        edition.text = edition.text.replace(old, change(dice, name, options), 1)
        return "%s %s" % (what, name)
    return edit


def phrase(dice):
    return dice.choice(PHRASES) % (dice.randint(1, 8), dice.randint(8, 17))


def another_moment(dice, name, options):
    return 'mail "%s" {%s}' % (name, re.sub(r'at = "[^"]+"', 'at = "%s"' % phrase(dice), options))


def another_subject(dice, name, options):
    return 'mail "%s" {%s, subject = "No. %d: {title}" }' % (name, options.rstrip(" ,"), dice.randint(1, 99))


def another_name(dice, name, options):
    return 'mail "%s-%d" {%s, subject = "Of {title}", text = "Dear {full_name}", was = "%s" }' % (
        name, dice.randint(2, 9), options.rstrip(" ,"), name)


def another_clock(dice, name, options):
    if "zone" in options:
        return 'mail "%s" {%s}' % (name, re.sub(r',? *zone = "theirs"', "", options))
    return 'mail "%s" {%s, zone = "theirs" }' % (name, options.rstrip(" ,"))


def add_rule(dice, edition):
    name = "extra-%d" % dice.randint(1, 999)
    edition.text += '\nmail "%s" { to = %s, at = "%s", subject = "Extra", text = "Dear {full_name}" }\n' % (
        name, dice.choice(["invited", "coming", "organisers", "speakers"]), phrase(dice))
    return "adds " + name


def change_guests(what, change):
    def edit(dice, edition):
        path = edition.folder / "guests.csv"
        if not path.exists():
            return None
        head, *rows = path.read_text().splitlines()
        change(dice, rows)
        path.write_text("\n".join([head] + rows) + "\n")
        return what
    return edit


def take_a_guest_out(dice, rows):
    rows.pop(dice.randrange(len(rows)))


def put_a_guest_in(dice, rows):
    rows.insert(dice.randrange(len(rows)), "N%02d,Ugyen Dema,Ms.,Secretaries,ugyen%d@new.example,,en" % (dice.randint(1, 99), dice.randint(1, 99)))


def correct_an_address(dice, rows):
    i = dice.randrange(len(rows))
    rows[i] = re.sub(r"[\w.]+@", "corrected%d@" % dice.randint(1, 99), rows[i], count=1)


def remind_earlier(dice, edition):
    """Of the script that is written on the primitives."""
    edition.text = edition.text.replace('"-1 day"', '"-%d days"' % dice.randint(2, 5))
    return "reminds earlier"


def write_other_words(dice, edition):
    edition.text = edition.text.replace("Tomorrow: monthly meeting", "Meeting no. %d" % dice.randint(1, 99))
    return "writes other words"


EDITS = [
    move_event,
    change_rule("moves", another_moment),
    change_rule("rewords", another_subject),
    change_rule("renames", another_name),
    change_rule("sets the clock of", another_clock),
    change_rule("takes out", lambda dice, name, options: ""),
    add_rule,
    change_guests("takes a guest out", take_a_guest_out),
    change_guests("puts a guest in", put_a_guest_in),
    change_guests("corrects an address", correct_an_address),
    remind_earlier,
    write_other_words,
]


def edit(seed, edition, folder, kinds=EDITS):
    """A copy of the edition, edited; and what was done to it."""
    dice = random.Random(seed)
    wanted, done, current = dice.randint(1, 3), [], edition.copy(folder)
    for _ in range(TRIES_MAX):
        before = {path: path.read_bytes() for path in current.folder.iterdir() if path.is_file()}
        what = dice.choice(kinds)(dice, current)
        changed = any(path.read_bytes() != data for path, data in before.items())
        if what and changed and current.is_fine():
            done.append(what)
        else:
            for path, data in before.items():
                path.write_bytes(data)
        if len(done) == wanted:
            break
    return current, done
