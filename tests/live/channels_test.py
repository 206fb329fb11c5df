#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Messages that go by other ways than mail: a server stands in for the SMS gateway, Telegram and a chat room.

They are written from these pages: https://core.telegram.org/bots/api#sendmessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; gateways for SMS have no common one.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import http_peer
import live
import office
from errands import equal, holds, main

SECRETS = {"USHER_SECRET_BOT": "123:bot-token", "USHER_SECRET_SMS": "sms-key"}
SCRIPT = """
sms { url = "%(origin)s/status/%(sms)d/sms", headers = { Authorization = secret "SMS" },
  json = { to = "{to}", text = "{text}" } }
telegram { bot = secret "BOT", chat = "-1001", api = "%(origin)s/status/200" }
chat { hook = "%(origin)s/status/200/hook", kind = "slack" }
event "briefing" { title = "A briefing", when = "Thu 25 Feb 2027 %(when)s Asia/Thimphu",
  from = "Desk <desk@office.example>", organisers = "desk", where = "Thimphu"%(event)s }
people {
  { key = "ko", name = "Kiyoug Ko", role = "speaker", mail = "ko@office.example", phone = "+82 10 1234 5678" },
  { key = "desk", name = "The Desk", mail = "desk@office.example" } }
guests { { key = "P1", name = "Aum Dechen", mail = "dechen@office.example", phone = "+975 17 12 34 56" },
  { key = "P2", name = "Sonam Wangmo", mail = "sonam@office.example" } }
programme { { "14:00-14:10", "Welcome", by = "desk" }, { "14:10-16:30", "Talk", by = "ko" } }
mail "hello" { to = invited, at = "10 days before, 10:00", subject = "Hello {name}", text = "{title}", approve = false }
cue "you-are-next" { at = "10 minutes before", via = { "mail", %(via)s } }
mail "cancelled" { via = { "mail", "sms" } }
mail "new-time" { via = { "mail", "sms" } }
"""
HOOK = "/status/200/hook"
SMS = "/status/200/sms"


class Event(office.Office):
    def __init__(self, peer, now="2027-02-25 13:00", **more):
        self.peer = peer
        super().__init__(text=self.text(**more), config='allow_private = { "127.0.0.0/8" }\n',
                         now=now + " Asia/Thimphu")

    def text(self, when="14:00-16:30", via='"sms", "telegram", "chat"', event="", sms=200):
        return SCRIPT % {"origin": self.peer.origin, "when": when, "via": via, "event": event, "sms": sms}

    def begin(self):
        return self.run(**SECRETS)

    def at(self, wall):
        self.go_to(wall + " Asia/Thimphu")

    def posts(self, path):
        return [json.loads(seen["body"]) for seen in self.peer.requests if seen["path"] == path]

    def fate(self, flow, key):
        rows = [row for row in self.rows("flows") if (row["name"], row["key"]) == (flow, key)]
        return rows[0]["state"], rows[0].get("result")


def with_peer(check):
    def run():
        peer = http_peer.Peer()
        try:
            check(peer)
        finally:
            peer.close()
    run.__name__ = check.__name__
    return run


@with_peer
def check_a_cue_goes_by_every_way_that_it_names(peer):
    with Event(peer) as event:
        event.begin()
        event.at("2027-02-25 14:00")
        equal(event.posts(SMS), [{"to": "+821012345678", "text": "In 10 minutes: Talk"}])
        equal([seen["headers"]["Authorization"] for seen in peer.requests if seen["path"] == SMS], ["sms-key"])
        bot = event.posts("/status/200/bot123:bot-token/sendMessage")
        equal([(one["chat_id"], one["text"]) for one in bot], [("-1001", "The Desk: In 10 minutes: Welcome"),
                                                               ("-1001", "Kiyoug Ko: In 10 minutes: Talk")])
        equal([one["text"] for one in event.posts(HOOK)], ["The Desk: In 10 minutes: Welcome",
                                                           "Kiyoug Ko: In 10 minutes: Talk"])
        equal(sorted(to for to, _ in event.server.accepted()), ["desk@office.example", "ko@office.example"])
        for path in event.path.glob("usher.db*"):
            if path.is_file():
                equal((b"bot-token" in path.read_bytes(), b"sms-key" in path.read_bytes()), (False, False))


@with_peer
def check_a_gateway_that_says_no_is_told_in_words(peer):
    with Event(peer, via='"sms"', sms=403) as event:
        event.write("script.lua", event.text(via='"sms"', sms=403).replace('via = { "mail", "sms" } }\nmail "can',
                                                                          'via = "sms" }\nmail "can'))
        event.begin()
        event.at("2027-02-25 14:00")
        state, result = event.fate("you-are-next", "ko")
        equal(state, "done")
        equal(result["skipped"], "by sms: the service for sms answered 403: as you wished")


@with_peer
def check_on_hold_nothing_goes_by_any_way(peer):
    with Event(peer, via='"sms"') as event:
        event.begin()
        equal(event.command("hold", "briefing")[0], 0)
        event.at("2027-02-25 14:00")
        equal(event.posts(SMS), [])
        equal(event.command("release", "briefing", "--yes")[0], 0)
        event.settle()
        equal([one["to"] for one in event.posts(SMS)], ["+821012345678"])


@with_peer
def check_what_needs_an_approval_waits_for_it_by_every_way(peer):
    with Event(peer, via='"sms"', event=', approver = "desk"') as event:
        event.write("script.lua", event.text(event=', approver = "desk"').replace(
            'via = { "mail", "sms", "telegram", "chat" }', 'via = "sms"'))
        event.begin()
        event.at("2027-02-25 14:00")
        equal(event.posts(SMS), [])
        equal(event.command("approve", "briefing", "you-are-next", "--by", "desk", "--yes")[0], 0)
        event.settle()
        equal([one["to"] for one in event.posts(SMS)], ["+821012345678"])


@with_peer
def check_who_has_a_phone_hears_of_a_new_time_and_of_the_end_by_sms_too(peer):
    with Event(peer, now="2027-02-15 09:59", via='"sms"') as event:
        event.begin()
        event.at("2027-02-15 11:00")
        event.write("script.lua", event.text(via='"sms"', when="15:00-16:30").replace("14:00-14:10", "15:00-15:10")
                    .replace("14:10-16:30", "15:10-16:30"))
        code, _, errors = event.command("reload", "script.lua", "--yes", **SECRETS)
        equal((code, errors), (0, ""))
        event.settle()
        equal([(one["to"], one["text"][:22]) for one in event.posts(SMS)], [("+97517123456", "New time: A briefing, ")])
        equal(event.command("cancel", "briefing", "--note", "The speaker is ill.", "--yes")[0], 0)
        event.settle()
        last = event.posts(SMS)[-1]
        equal(last["to"], "+97517123456")
        holds(last["text"], "Cancelled: A briefing (")
        holds(last["text"], "The speaker is ill.")


@with_peer
def check_practice_and_a_rehearsal_write_to_nobody(peer):
    with Event(peer, via='"sms"') as event:
        code, out, _ = event.command("rehearse", "script.lua", **SECRETS)
        equal(code, 0)
        holds(out, "sms you-are-next (Talk at 14:10 Thimphu) \u2192 Kiyoug Ko")
        live.Place.start(event, "--as-if", "2027-02-25 13:59:58 Asia/Thimphu", **SECRETS)
        live.wait_until("it answers", event.answers)
        event.settle()
        live.wait_until("the cue is done", lambda: event.fate("you-are-next", "ko")[0] == "done")
        equal(peer.requests, [])


main(globals())
