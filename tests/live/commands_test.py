#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands of usher as an office uses them: beside a running engine, and without one.

One script with three guests serves all checks: each gets a mail, answers, and gets another mail.
"""
import email
import json
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import smtp_peer
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "office", title = "Open day", zone = "Asia/Thimphu" }
local guests = { { "karma", "Karma Tshering" }, { "sonam", "Sonam Wangmo" }, { "pema", "Pema Choden" } }
local function write(guest, name)
  return usher.mail { name, to = guest.mail, from = "desk@office.example", subject = name, text = "Hello.",
    as = guest.key }
end
usher.flow("guest", function(guest)
  local first = write(guest, "invitation")
  local answer = usher.wait("rsvp")
  if answer.yes then write(guest, "thanks") end
  return { comes = answer.yes, reply = first.reply }
end)
usher.on("answer", function(request)
  for _, guest in ipairs(guests) do
    if guest[1] == request.person then
      usher.book("answers"):set(request.person, { answer = request.answer, note = request.note })
      usher.signal("guest", request.person, "rsvp", { yes = request.answer == "yes" }, { dedup = request.answer })
      return { text = "kept: " .. guest[2] .. " says " .. request.answer }
    end
  end
  error("nobody here is called " .. request.person, 0)
end)
usher.on("who", function()
  local list = {}
  for i, guest in ipairs(guests) do
    local answer = usher.book("answers"):get(guest[1]) or {}
    list[i] = { name = guest[2], answer = answer.answer, note = answer.note }
  end
  return list
end)
for _, guest in ipairs(guests) do
  usher.start("guest", { key = guest[1], label = guest[2],
    input = { key = guest[1], mail = (%s)[guest[1]] or guest[1] .. "@guests.example" } })
end
"""
PLAIN = SCRIPT % "{}"


def smtp(peer, **more):
    settings = dict(host="127.0.0.1", port=peer.port, tls="none", hello="usher.example", **more)
    return "smtp = { %s }\n" % ", ".join("%s = %s" % (k, json.dumps(v)) for k, v in settings.items())


def letters(place, folder="outbox"):
    """The mails in the outbox, parsed, by recipient and subject."""
    parsed = [email.message_from_bytes(path.read_bytes()) for path in (place.path / folder).glob("*.eml")]
    return sorted((mail["To"], mail["Subject"]) for mail in parsed)


def all_invited(place):
    return lambda: place.states().get("waiting") == 3 and not place.ask("status")["reply"]["on_the_way"]


def ended(place, *words):
    """Runs a command that must end well; answers what it printed."""
    code, out, errors = place.command(*words)
    equal((words, code, errors), (words, 0, ""))
    return out


def refused(place, code, sentence, *words):
    """Runs a command that must be refused with this code and one sentence."""
    got, _, errors = place.command(*words)
    equal((words, got), (words, code))
    holds(errors, sentence)
    said = [line for line in errors.splitlines() if " warn msg=" not in line]  # what the log says beside it
    if len(said) != 1 or not said[0].startswith("usher: "):
        raise AssertionError("no single sentence: %r" % errors)


def ask_around(place):
    """The commands that only look: what they print for people, and that the JSON says the same."""
    flows = ended(place, "flows")
    holds(flows, "Karma Tshering")
    equal(len(place.json("flows")["rows"]), 3)
    karma = place.json("flows", "karma")["rows"]
    equal([row["label"] for row in karma], ["Karma Tshering"])
    history = ended(place, "history", karma[0]["id"])
    holds(history, "guest for Karma Tshering")
    holds(history, "'invitation' goes out to karma@guests.example")
    equal(ended(place, "history", "guest/karma"), history)
    equal(ended(place, "history", "Karma", "guest"), history)
    refused(place, 1, "nothing here is called 'Karma' under the rule digest", "history", "Karma", "digest")
    early = ended(place, "history", karma[0]["id"], "--at", "2021-02-25 09:00")
    holds(early, "it had not begun")
    holds(ended(place, "history", karma[0]["id"], "--at", "2037-02-25 09:00"), "then: it waits for 'rsvp'")
    code, _, errors = place.command("history", "a")
    equal(code, 1)
    holds(errors, "several fit 'a': say which, by its number")
    holds(history, "written to outbox/")
    equal(place.json("history", karma[0]["id"])["rows"][0]["key"], "mail:invitation/karma")
    holds(ended(place, "why", "Sonam"), "Sonam Wangmo")
    equal(place.json("why", "Sonam")["rows"][0]["flow_key"], "sonam")
    holds(ended(place, "why"), "nothing waits for a person")
    holds(ended(place, "who"), "Pema Choden")
    equal([row["name"] for row in place.json("who")["reply"]], ["Karma Tshering", "Sonam Wangmo", "Pema Choden"])
    equal(place.json("unsure")["rows"], [])


def check_commands_beside_a_running_engine():
    with live.Place(PLAIN) as place:
        place.run()
        live.wait_until("all are invited", all_invited(place))
        ask_around(place)
        holds(ended(place, "answer", "karma", "yes", "--note", "by phone"), "Karma Tshering says yes")
        live.wait_until("Karma is thanked", lambda: place.states().get("done") == 1)
        holds(ended(place, "who"), "by phone")
        equal(place.json("flows", "karma")["rows"][0]["result"]["comes"], True)
        refused(place, 1, "nobody here is called", "answer", "nobody", "yes")
        refused(place, 1, "nothing here is called", "why", "nobody")
        holds(json.dumps(place.rows("audit")), "office")
        equal(place.stop(), 0)
        holds(json.dumps(letters(place)), "thanks")


def check_commands_without_an_engine_and_what_they_change_is_acted_on_at_the_next_start():
    with live.Place(PLAIN) as place:
        place.run()
        live.wait_until("all are invited", all_invited(place))
        equal(place.stop(), 0)
        ask_around(place)
        holds(ended(place, "answer", "sonam", "yes"), "Sonam Wangmo says yes")
        holds(ended(place, "answer", "pema", "no"), "Pema Choden says no")
        equal([row.get("answer") for row in place.json("who")["reply"]], [None, "yes", "no"])
        equal(len(letters(place)), 3)  # a command sends nothing
        place.run()
        live.wait_until("two have ended", lambda: place.states() == {"done": 2, "waiting": 1})
        equal(place.stop(), 0)
        equal(letters(place)[-1], ("sonam@guests.example", "thanks"))
        equal(len(letters(place)), 4)


def check_a_second_engine_on_the_same_file_is_refused_with_the_first_ones_process_number():
    with live.Place(PLAIN) as place:
        place.run()
        refused(place, 1, "process %d" % place.process.pid, "run", "script.lua")
        refused(place, 1, "process %d" % place.process.pid, "run", "script.lua", "--as-if", "1 Feb 2021 09:00 UTC")
        equal(place.stop(), 0)


def check_sigterm_lets_a_mail_on_the_wire_end():
    peer = smtp_peer.Peer()
    slow = SCRIPT % '{ karma = "slow-dot@guests.example" }'
    with live.Place(slow, smtp(peer)) as place:
        place.run()
        live.wait_until("the mail is on the wire", lambda: "slow-dot@guests.example" in [to for to, _ in peer.mails])
        place.signal(signal.SIGTERM)
        live.wait_until("usher says that it stops", lambda: "what is under way may end" in place.log())
        equal(place.process.poll(), None)
        peer.release.set()
        equal(place.process.wait(live.PATIENCE_S), 0)
        equal(place.json("unsure")["rows"], [])
        holds(ended(place, "history", place.json("flows", "karma")["rows"][0]["id"]), "queued as")
    peer.close()


def check_a_second_sigterm_stops_at_once_and_the_mail_is_unsure():
    peer = smtp_peer.Peer()
    mute = SCRIPT % '{ karma = "mute-dot@guests.example" }'
    with live.Place(mute, smtp(peer)) as place:
        place.run()
        live.wait_until("all are on the wire or sent", lambda: len(peer.mails) == 3)
        place.signal(signal.SIGTERM)
        live.wait_until("usher says that it stops", lambda: "what is under way may end" in place.log())
        place.signal(signal.SIGTERM)
        live.wait_until("usher says that it stops at once", lambda: "stopping at once" in place.log())
        peer.release.set()
        equal(place.process.wait(live.PATIENCE_S), 0)
        place.run()
        live.wait_until("the mail is unsure", lambda: place.rows("unsure"))
        equal([row["flow_key"] for row in place.json("unsure")["rows"]], ["karma"])
        equal(place.stop(), 0)
    peer.close()


def unsure_flow(place, key):
    return [row["flow"] for row in place.rows("unsure") if row["flow_key"] == key][0]


def check_unsure_mails_are_settled_by_a_person_and_sighup_takes_up_another_mail_server():
    first, second = smtp_peer.Peer(), smtp_peer.Peer()
    cut = SCRIPT % '{ karma = "cut-dot@guests.example", sonam = "cut-dot@others.example" }'
    with live.Place(cut, smtp(first)) as place:
        place.run()
        live.wait_until("two are unsure", lambda: len(place.rows("unsure")) == 2)
        holds(ended(place, "unsure"), "Karma Tshering")
        holds(ended(place, "why", "Karma"), "usher unsure")
        refused(place, 2, "say sent", "unsure", "1", "perhaps")
        refused(place, 1, "no mail whose fate is unknown", "unsure", "999", "sent")
        ended(place, "unsure", unsure_flow(place, "karma"), "sent")
        live.wait_until("one is left", lambda: len(place.rows("unsure")) == 1)
        holds(ended(place, "history", place.json("flows", "karma")["rows"][0]["id"]), "a person says that it arrived")

        place.write("usher.conf.lua", "smpt = {}\n")
        place.signal(signal.SIGHUP)
        live.wait_until("the mistake is said", lambda: "did you mean 'smtp'" in place.log())
        place.write("usher.conf.lua", smtp(second))
        place.signal(signal.SIGHUP)
        live.wait_until("it is read", lambda: "the configuration was read again" in place.log())
        ended(place, "unsure", unsure_flow(place, "sonam"), "again")
        live.wait_until("the new server has it", lambda: second.mails)
        ids = [email.message_from_bytes(mail)["Message-ID"] for to, mail in first.mails + second.mails
               if to == "cut-dot@others.example"]
        equal((len(ids), len(set(ids))), (2, 1))
        equal(place.stop(), 0)
    first.close()
    second.close()


def check_sighup_again_and_again_leaves_outbox_and_sender_as_the_configuration_says():
    config = 'outbox = "%s"\nmail = { from = "desk@ministry.example" }\nallow_private = { "127.0.0.0/8" }\n'
    with live.Place(PLAIN.replace('from = "desk@office.example", ', ""), config % "first") as place:
        place.run()
        live.wait_until("all are invited", all_invited(place))
        for n in range(1, 4):
            place.write("usher.conf.lua", config % "second" if n == 3 else config % "first")
            place.signal(signal.SIGHUP)
            live.wait_until("it is read", lambda: place.log().count("the configuration was read again") == n)
        ended(place, "answer", "karma", "yes")
        live.wait_until("Karma is thanked", lambda: place.states().get("done") == 1)
        equal(place.stop(), 0)
        equal(len(letters(place, "first")), 3)
        equal(letters(place, "second"), [("karma@guests.example", "thanks")])
        thanks = next((place.path / "second").glob("*.eml"))
        equal(email.message_from_bytes(thanks.read_bytes())["From"], "desk@ministry.example")


def check_practice_writes_to_the_outbox_only_and_its_database_stays_one_for_practice():
    peer = smtp_peer.Peer()
    with live.Place(PLAIN, smtp(peer)) as place:
        place.run("--as-if", "1 Feb 2021 09:00 Asia/Thimphu")
        live.wait_until("all are invited", all_invited(place))
        holds(ended(place, "flows", "--json"), '"now":16121')  # February 2021
        equal(place.stop(), 0)
        equal(len(letters(place)), 3)
        equal(peer.connections, 0)
        refused(place, 1, "is a practice database", "run", "script.lua")
    peer.close()


WORDS = """
event "tea" { title = "Tea", when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu", from = "desk@office.example",
  where = "Room 2" }
people { { key = "deki", name = "Deki Pelden", role = "organiser", mail = "deki@office.example" },
  { key = "lhamo", name = "Lhamo", role = "speaker", mail = "lhamo@office.example" } }
guests { { name = "Sonam Wangmo", mail = "sonam@guests.example" }, { name = "Karma", mail = "karma@guests.example" } }
mail "invitation" { to = invited, at = "10 working days before, 09:00", subject = "{title}", text = "Dear {name}" }
"""


def organise(place):
    """What an organiser asks: what comes next, who did what, a link to log in."""
    [row] = live.wait_until("the invitation is planned", lambda: place.json("next")["rows"])
    equal((row["name"], row["n"]), ("invitation", 2))
    holds(ended(place, "next"), "Wed 19 Feb 2031 09:00")
    ended(place, "answer", "Sonam", "yes", "--note", "by phone", "--by", "Deki")
    holds(ended(place, "log"), "Deki")
    holds(ended(place, "log", "tea"), "by phone")
    holds(json.dumps(place.json("log")["rows"]), '"who": "Deki"')
    holds(ended(place, "login", "deki@office.example"), "tea, as Deki Pelden:\nhttp://127.0.0.1:8080/login/")
    refused(place, 1, "lhamo@office.example", "login", "lhamo@office.example")  # a speaker has no log-in


def check_what_comes_next_who_did_what_and_a_link_to_log_in():
    with live.Place(WORDS) as place:
        place.run("--as-if", "18 Feb 2031 09:00 Asia/Thimphu")
        organise(place)
        equal(place.stop(), 0)
        organise(place)


def check_exit_codes():
    with live.Place(PLAIN) as place:
        place.write("broken.lua", "event 'x' {\n")
        place.write("text.db", "this is no database, and long enough for its first page to be read" * 100)
        for words in (("version",), ("help",), ("help", "usher.sleep"), ("check", "script.lua"),
                      ("rehearse", "script.lua")):
            ended(place, *words)
        refused(place, 1, "broken.lua:", "check", "broken.lua")
        refused(place, 1, "broken.lua:", "run", "broken.lua", "--database", "other.db")
        refused(place, 1, "missing.lua", "run", "missing.lua", "--database", "other.db")
        refused(place, 1, "no database", "flows", "--database", "nowhere.db")
        refused(place, 2, "did you mean 'flows'", "flow")
        refused(place, 2, "did you mean 'json'", "flows", "--jsn")
        refused(place, 2, "which script", "run")
        refused(place, 2, "usher answer NAME yes|no", "answer", "karma", "perhaps")
        refused(place, 2, "usher history FLOW", "history")
        refused(place, 3, "nowhere/usher.db", "run", "script.lua", "--database", "nowhere/usher.db")
        refused(place, 3, "text.db", "run", "script.lua", "--database", "text.db")
        place.write("usher.conf.lua", "return { smtp = { host = 'mail.example' } }\n")
        refused(place, 1, "without return", "run", "script.lua")


main(globals())
