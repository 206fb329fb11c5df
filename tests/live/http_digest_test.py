#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The weekly digest of examples/04-http-digest, live: nginx serves the numbers, the mail goes to the outbox.

The clock is shifted to two seconds before a Monday's nine o'clock. Of the example only the address changes.
"""
import email
import email.policy
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

EXAMPLE = (live.ROOT / "examples/04-http-digest/digest.lua").read_text()
ADDRESS = "https://signup.office.example"
MONDAY = "2027-02-01 08:59:58 Asia/Thimphu"
OPEN = 'allow_private = { "127.0.0.0/8" }\n'
TRAININGS = {"trainings": [{"title": "Open data", "taken": 12, "seats": 30},
                           {"title": "ཌིཇི་ཊལ་", "taken": 7, "seats": 8}]}

CONF = """
daemon off;
worker_processes 1;
pid %(dir)s/nginx.pid;
error_log %(dir)s/error.log;
events { worker_connections 64; }
http {
  access_log %(dir)s/access.log;
  client_body_temp_path %(dir)s/body;
  proxy_temp_path %(dir)s/proxy;
  fastcgi_temp_path %(dir)s/fastcgi;
  uwsgi_temp_path %(dir)s/uwsgi;
  scgi_temp_path %(dir)s/scgi;
  server {
    listen 127.0.0.1:%(port)d;
    root %(dir)s/www;
    location /api/ { default_type "application/json; charset=utf-8"; }
  }
}
"""


class Nginx:
    """nginx as an ordinary user, serving one JSON file; without it, 404."""

    def __init__(self, answer):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-nginx-")
        folder = Path(self.folder.name)
        os.chmod(folder, 0o755)  # its worker may be another user
        with socket.create_server(("127.0.0.1", 0)) as s:
            self.port = s.getsockname()[1]
        (folder / "www/api").mkdir(parents=True)
        if answer is not None:
            (folder / "www/api/trainings").write_text(json.dumps(answer, ensure_ascii=False))
        (folder / "nginx.conf").write_text(CONF % {"dir": folder, "port": self.port})
        command = ["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        live.wait_until("nginx answers", self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def requests(self):
        return (Path(self.folder.name) / "access.log").read_text().splitlines()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def letters(place):
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in (place.path / "outbox").glob("*.eml")]


def digest(port, config):
    """Plays the example until its mail is there; answers the mail's subject and text."""
    script = EXAMPLE.replace(ADDRESS, "http://127.0.0.1:%d" % port)
    equal(script == EXAMPLE, False)
    with live.Place(script, config) as place:
        place.run("--as-if", MONDAY)
        live.wait_until("the digest is written", lambda: place.states().get("done") == 1)
        equal(place.stop(), 0)
        mails = letters(place)
        equal(len(mails), 1)
        equal(mails[0]["To"], "Training unit <trainings@office.example>")
        return str(mails[0]["Subject"]), mails[0].get_body(("plain",)).get_content()


def check_the_numbers_that_nginx_serves_are_in_the_mail():
    with Nginx(TRAININGS) as nginx:
        subject, text = digest(nginx.port, OPEN)
        equal(subject, "Sign-ups until 01 Feb 2027")
        holds(text, "Open data: 12 of 30 seats")
        holds(text, "ཌིཇི་ཊལ་: 7 of 8 seats")
        equal(len(nginx.requests()), 1)
        holds(nginx.requests()[0], '"GET /api/trainings HTTP/1.1" 200')


def check_a_service_without_the_page_is_said_in_the_mail():
    with Nginx(None) as nginx:
        _, text = digest(nginx.port, OPEN)
        holds(text, "did not answer: status 404")


def check_this_machine_is_not_reached_unless_the_configuration_allows_it():
    with Nginx(TRAININGS) as nginx:
        _, text = digest(nginx.port, None)
        holds(text, "did not answer: ")
        holds(text, "allow_private")
        equal(nginx.requests(), [])


main(globals())
