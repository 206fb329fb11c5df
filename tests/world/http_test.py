# SPDX-License-Identifier: MIT
"""Requests by the real world, to nginx and to a scripted server; and addresses that must not be reached."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import errands
import http_peer
from errands import equal, holds

OPEN = {"allow_private": ["127.0.0.0/8"]}
peer = http_peer.Peer()
other = http_peer.Peer()


def ask(url, settings=None, **args):
    return errands.perform(settings or OPEN, {"kind": "http", "args": dict(args, url=url)})[0]


def echo(**args):
    ending = ask(peer.origin + "/echo", **args)
    equal((ending["outcome"], ending["value"]["status"]), ("OK", 200))
    return json.loads(ending["value"]["body"])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Nginx:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        folder, self.port, self.tls_port = self.folder.name, free_port(), free_port()
        os.chmod(folder, 0o755)
        errands.certificate(folder)
        with open(os.path.join(os.path.dirname(__file__), "..", "support", "nginx.conf.in")) as f:
            conf = f.read()
        for name, value in (("DIR", folder), ("PORT", self.port), ("TLS_PORT", self.tls_port),
                            ("PEER_PORT", peer.port)):
            conf = conf.replace("@%s@" % name, str(value))
        with open(folder + "/nginx.conf", "w") as f:
            f.write(conf)
        command = ["/usr/sbin/nginx", "-c", folder + "/nginx.conf", "-e", folder + "/error.log"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)
        self.origin = "http://127.0.0.1:%d" % self.port
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def check_a_json_body_says_so_unless_a_header_says_otherwise():
    equal(echo(method="POST", body="{}", is_json=True)["headers"]["Content-Type"], "application/json")
    other = {"Content-Type": "application/problem+json"}
    equal(echo(method="POST", body="{}", is_json=True, headers=other)["headers"]["Content-Type"], other["Content-Type"])


def check_nginx_answers():
    with Nginx() as nginx:
        ending = ask(nginx.origin + "/hello")
        equal((ending["outcome"], ending["value"]["status"]), ("OK", 200))
        equal(ending["value"]["body"], "hello from nginx")
        equal(ending["value"]["headers"]["content-type"], "text/plain")

        moved = ask(nginx.origin + "/moved")
        equal(moved["value"]["body"], "hello from nginx")
        stay = ask(nginx.origin + "/moved", redirects=0)
        equal((stay["outcome"], stay["value"]["status"]), ("OK", 302))
        kept = ask(nginx.origin + "/moved-for-good", method="POST", body="kept")
        seen = json.loads(kept["value"]["body"])
        equal((seen["method"], seen["body"]), ("POST", "kept"))
        endless = ask(nginx.origin + "/round")
        equal(endless["outcome"], "FAILED")
        holds(endless["note"], "more often than 5 times")

        busy = ask(nginx.origin + "/busy")
        equal((busy["outcome"], busy["retry_after_ms"]), ("AGAIN", 7000))
        gone = ask(nginx.origin + "/gone")
        equal((gone["outcome"], gone["value"]["status"]), ("OK", 410))
        slow = ask(nginx.origin + "/mute", timeout_ms=300)
        equal(slow["outcome"], "AGAIN")


def check_certificates_are_checked():
    with Nginx() as nginx:
        url = "https://localhost:%d/hello" % nginx.tls_port
        trusting = dict(OPEN, ca_file=nginx.folder.name + "/cert.pem")
        equal(ask(url, settings=trusting)["value"]["body"], "hello from nginx")
        ending = ask(url)
        equal(ending["outcome"], "AGAIN")
        holds(ending["note"], "certificate")
        down = "https://localhost:%d/to/302?%s/echo" % (nginx.tls_port, peer.origin)
        down = ask(down, settings=trusting)
        equal(down["outcome"], "FAILED")
        holds(down["note"], "from https to http")


def check_what_the_script_says_goes_out_and_nothing_else():
    seen = echo(method="POST", body='{"a":1}', headers={"Content-Type": "application/json", "X-Empty": ""},
                idempotency_key="k1")
    equal((seen["method"], seen["body"]), ("POST", '{"a":1}'))
    equal(seen["headers"]["Content-Type"], "application/json")
    equal(seen["headers"]["Idempotency-Key"], "k1")
    equal(seen["headers"]["X-Empty"], "")
    equal("Expect" in seen["headers"], False)
    holds(seen["headers"]["User-Agent"], "usher/")
    equal("Content-Type" in echo(method="PUT", body="x")["headers"], False)
    for method in ("GET", "DELETE", "OPTIONS", "PATCH"):
        equal(echo(method=method)["method"], method)
    equal(ask(peer.origin + "/echo", method="HEAD")["value"]["body"], "")


def check_repeated_headers_are_joined_in_lower_case():
    equal(ask(peer.origin + "/echo")["value"]["headers"]["x-twice"], "one, two")


def check_each_status_has_its_outcome():
    for method, status, outcome in (
            ("GET", 200, "OK"), ("GET", 404, "OK"), ("GET", 408, "AGAIN"), ("GET", 425, "AGAIN"),
            ("GET", 429, "AGAIN"), ("GET", 500, "AGAIN"), ("POST", 422, "OK"), ("POST", 429, "AGAIN"),
            ("POST", 503, "AGAIN"), ("POST", 500, "UNSURE"), ("PATCH", 502, "UNSURE"), ("PUT", 502, "AGAIN")):
        ending = ask("%s/status/%d" % (peer.origin, status), method=method)
        equal((method, status, ending["outcome"]), (method, status, outcome))
    equal(ask(peer.origin + "/status/500", method="POST", idempotency_key="k")["outcome"], "AGAIN")
    equal(ask(peer.origin + "/status/429?after=90")["retry_after_ms"], 90000)


def check_a_lost_post_is_unsure_and_a_lost_get_is_not():
    equal(ask(peer.origin + "/cut", method="POST", body="x")["outcome"], "UNSURE")
    equal(ask(peer.origin + "/mute", method="POST", body="x", timeout_ms=300)["outcome"], "UNSURE")
    equal(ask(peer.origin + "/cut", method="POST", body="x", idempotency_key="k")["outcome"], "AGAIN")
    equal(ask(peer.origin + "/cut")["outcome"], "AGAIN")
    closed = "http://127.0.0.1:%d/" % free_port()
    equal(ask(closed, method="POST", body="x")["outcome"], "AGAIN")  # it never left the house


def check_a_post_is_sent_once_even_when_its_connection_was_closed():
    before = len(peer.requests)
    effects = [{"kind": "http", "args": {"url": peer.origin + "/cut", "method": "POST", "body": str(i)}}
               for i in range(5)]
    endings = errands.perform(dict(OPEN), *effects)
    equal([e["outcome"] for e in endings], ["UNSURE"] * 5)
    equal(len(peer.requests) - before, 5)


def check_redirects_change_the_method_as_browsers_do():
    for status, method in ((301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")):
        ending = ask("%s/to/%d?/echo" % (peer.origin, status), method="POST", body="x")
        seen = json.loads(ending["value"]["body"])
        equal((status, seen["method"], seen["body"]), (status, method, "x" if method == "POST" else ""))


def check_another_origin_gets_no_credentials_and_no_body():
    headers = {"Authorization": "Bearer secret", "X-Api-Key": "secret", "Cookie": "a=secret",
               "Accept": "text/plain"}
    same = json.loads(ask(peer.origin + "/to/302?/echo", headers=headers)["value"]["body"])
    equal(same["headers"]["Authorization"], "Bearer secret")
    url = "http://user:secret@127.0.0.1:%d/to/302?%s/echo" % (peer.port, other.origin)
    ending = ask(url, headers=headers, idempotency_key="secret")
    equal("secret" in ending["value"]["body"], False)
    holds(ending["value"]["body"], "text/plain")
    before = len(other.requests)
    ending = ask("%s/to/307?%s/echo" % (peer.origin, other.origin), method="POST", body="secret")
    equal((ending["outcome"], len(other.requests)), ("FAILED", before))
    holds(ending["note"], "redirects a body")


def check_an_answer_has_limits():
    equal(len(ask(peer.origin + "/big/1048576")["value"]["body"]), 1048576)
    ending = ask(peer.origin + "/big/1048577")
    equal(ending["outcome"], "FAILED")
    holds(ending["note"], "longer than 1048576 bytes")
    equal(ask(peer.origin + "/big/2000000", body_max=3000000)["outcome"], "OK")
    ending = ask(peer.origin + "/heads/90")
    equal(ending["outcome"], "FAILED")
    holds(ending["note"], "headers")


def check_what_is_no_request_fails_with_a_sentence():
    for args, words in (
            ({"url": "ftp://127.0.0.1/"}, "not one that usher can ask"),
            ({"url": "file:///etc/passwd"}, "not one that usher can ask"),
            ({"url": "example.org"}, "not one that usher can ask"),
            ({"url": "http://a b/"}, "not one that usher can ask"),
            ({"url": ""}, "has no url"),
            ({"url": peer.origin, "method": "BREW"}, "no method"),
            ({"url": peer.origin, "body": "x"}, "has no body"),
            ({"url": peer.origin, "headers": {"A": "b\r\nX-Injected: 1"}}, "must be one line"),
            ({"url": peer.origin, "headers": {"A\r\nB": "c"}}, "no name of a header"),
            ({"url": peer.origin, "headers": {"Host": "elsewhere"}}, "set by usher itself"),
            ({"url": peer.origin, "method": "POST", "idempotency_key": "a\nb"}, "must be one line")):
        ending = errands.perform(OPEN, {"kind": "http", "args": args})[0]
        equal((args, ending["outcome"]), (args, "FAILED"))
        holds(ending["note"], words)


def check_no_spelling_of_a_private_address_is_reached():
    before = len(peer.requests)
    hosts = ["127.0.0.1", "localhost", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001",
             "0", "0.0.0.0", "127.0.0.2", "127.255.255.254", "[::1]", "[::]", "[::ffff:127.0.0.1]",
             "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]",
             "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "[ff02::1]",
             "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1",
             "169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "192.0.0.192", "224.0.0.1",
             "255.255.255.255", "198.18.0.1", "localhost.", "LOCALHOST",
             "\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021", "user@127.0.0.1",
             "example.org@127.0.0.1"]
    effects = [{"kind": "http", "args": {"url": "http://%s:%d/echo" % (host, peer.port), "timeout_ms": 2000}}
               for host in hosts]
    for host, ending in zip(hosts, errands.perform({}, *effects)):
        if ending["outcome"] == "AGAIN":  # no such name, or no route: nothing was reached either
            continue
        equal((host, ending["outcome"]), (host, "FAILED"))
    equal(len(peer.requests), before)
    ending = ask(peer.origin + "/echo", settings={"ca_file": None})
    holds(ending["note"], "list its network in allow_private")


def check_a_redirect_into_the_inside_is_not_followed():
    before = len(other.requests)
    inside = other.origin.replace("127.0.0.1", "127.0.0.9")
    ending = ask("%s/to/302?%s/echo" % (peer.origin, inside), settings={"allow_private": ["127.0.0.1"]})
    equal((ending["outcome"], len(other.requests)), ("FAILED", before))
    holds(ending["note"], "127.0.0.9")


def check_proxy_variables_are_not_heard():
    os.environ["http_proxy"] = os.environ["ALL_PROXY"] = other.origin
    try:
        before = len(other.requests)
        equal(echo()["path"], "/echo")
        equal(len(other.requests), before)
    finally:
        del os.environ["http_proxy"], os.environ["ALL_PROXY"]


def check_many_requests_at_once():
    effects = [{"kind": "http", "args": {"url": peer.origin + "/echo"}} for _ in range(300)]
    endings = errands.perform(dict(OPEN), *effects)
    equal([e["outcome"] for e in endings], ["OK"] * 300)


if __name__ == "__main__":
    errands.main(globals())
