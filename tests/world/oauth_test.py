#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Requests that show a token of OAuth 2.0, against a stand-in for Zoom and a server that misbehaves."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import errands
import http_peer
import zoom_api
from errands import equal, holds

OPEN = {"allow_private": ["127.0.0.0/8"]}
peer = http_peer.Peer()


def grant(zoom, **other):
    return dict({"token": zoom.origin + "/oauth/token", "client": zoom_api.CLIENT, "secret": zoom_api.SECRET,
                 "form": {"grant_type": "account_credentials", "account_id": zoom_api.ACCOUNT}}, **other)


def effect(url, oauth, **args):
    return {"kind": "http", "args": dict(args, url=url, oauth=oauth)}


def listing(zoom, **other):
    return effect(zoom.origin + "/v2/users/me/meetings", grant(zoom, **other))


def ask(*effects):
    return errands.perform(OPEN, *effects)


def status(ending):
    return ending["outcome"], (ending["value"] or {}).get("status")


def check_a_request_shows_a_token_and_many_share_one():
    with zoom_api.Zoom() as zoom:
        endings = ask(*[listing(zoom)] * 40)
        equal({status(ending) for ending in endings}, {("OK", 200)})
        equal(zoom.tokens_given, 1)
        equal("zoom-token" in json.dumps(endings), False)


def check_a_token_that_is_refused_is_renewed_once():
    with zoom_api.Zoom() as zoom:
        zoom.trouble("/users/me/meetings", status=401, body={"code": 124, "message": "Access token is expired."})
        equal(status(ask(listing(zoom))[0]), ("OK", 200))
        equal(zoom.tokens_given, 2)


def check_a_second_refusal_is_the_answer():
    with zoom_api.Zoom() as zoom:
        for _ in range(2):
            zoom.trouble("/users/me/meetings", status=401, body={"code": 124, "message": "Invalid access token."})
        ending = ask(listing(zoom))[0]
        equal(status(ending), ("OK", 401))
        holds(ending["value"]["body"], "Invalid access token.")
        equal(zoom.tokens_given, 2)


def check_a_post_whose_token_was_refused_is_put_again():
    with zoom_api.Zoom() as zoom:
        zoom.trouble("/users/me/meetings", status=401, body={})
        body = json.dumps({"topic": "A briefing", "type": 2})
        ending = ask(effect(zoom.origin + "/v2/users/me/meetings", grant(zoom), method="POST", body=body))[0]
        equal(status(ending), ("OK", 201))
        equal(len(zoom.meetings), 1)


def check_a_wrong_secret_is_said_in_words_without_the_secret():
    with zoom_api.Zoom() as zoom:
        ending = ask(listing(zoom, secret="wrong-secret"))[0]
        equal(ending["outcome"], "FAILED")
        holds(ending["note"], zoom.origin + " gives no token, it answered 400: invalid_client, Invalid client_id")
        equal("wrong-secret" in json.dumps(ending), False)
        equal([path for _, path, _, _ in zoom.requests], ["/oauth/token"])


def check_a_server_of_tokens_that_is_down_is_asked_again_later():
    with zoom_api.Zoom() as zoom:
        zoom.trouble("/oauth/token", status=503, headers={"Retry-After": "7"})
        ending = ask(listing(zoom))[0]
        equal((ending["outcome"], ending["retry_after_ms"]), ("AGAIN", 7000))
        zoom.trouble("/oauth/token", cut=True)
        equal(ask(listing(zoom))[0]["outcome"], "AGAIN")


def check_what_is_no_token_is_refused():
    with zoom_api.Zoom() as zoom:
        for body in ({"access_token": "two words", "token_type": "bearer"}, {"access_token": "x" * 8000,
                     "token_type": "bearer"}, {"access_token": "fine", "token_type": "mac"}, {}, None):
            zoom.trouble("/oauth/token", status=200, body=body)
            ending = ask(listing(zoom))[0]
            equal(ending["outcome"], "FAILED")
            holds(ending["note"], "answered something that is no token")


def check_a_secret_is_not_sent_in_the_clear_to_another_machine():
    with zoom_api.Zoom() as zoom:
        ending = ask(effect(zoom.origin + "/v2/users/me/meetings", grant(zoom, token="http://zoom.example/token")))[0]
        equal(ending["outcome"], "FAILED")
        holds(ending["note"], "oauth: token must begin with https://")
        ending = ask(effect("http://zoom.example/v2/", grant(zoom)))[0]
        holds(ending["note"], "the url must begin with https://")
        ending = ask(effect("http://localhost.evil.example/v2/", grant(zoom)))[0]
        holds(ending["note"], "the url must begin with https://")
        equal(zoom.requests, [])


def check_a_token_does_not_follow_a_redirect_to_another_server():
    with zoom_api.Zoom() as zoom:
        here = zoom.origin + "/v2/users/me/meetings"
        zoom.trouble("/users/me/meetings", status=302, headers={"Location": peer.origin + "/echo"})
        ending = ask(effect(here, grant(zoom)))[0]
        equal(status(ending), ("OK", 200))
        equal("Authorization" in json.loads(ending["value"]["body"])["headers"], False)


def check_a_wait_that_is_said_as_a_moment_is_kept_up_to_a_day():
    with zoom_api.Zoom() as zoom:
        zoom.trouble("/users/me/meetings", status=429, headers={"Retry-After": "2999-01-01T00:00:00Z"})
        ending = ask(listing(zoom))[0]
        equal((ending["outcome"], ending["retry_after_ms"]), ("AGAIN", 86400000))
        zoom.trouble("/users/me/meetings", status=429, headers={"Retry-After": "2001-01-01T00:00:00Z"})
        equal(ask(listing(zoom))[0]["retry_after_ms"], 0)


errands.main(globals())
