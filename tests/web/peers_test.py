#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The web server behind the nginx of docs/operators.md, with TLS of its own, and with settings that are wrong."""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import raw_http
from errands import certificate, equal, holds, main
from raw_http import Talk
from web_server import Server, free_port

PAGE = live.ROOT / "docs/operators.md"
GUEST = "127.0.0.2"  # another address than the proxy's
NGINX = """
daemon off;
worker_processes 1;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path %(folder)s/body;
  proxy_temp_path %(folder)s/proxy;
  fastcgi_temp_path %(folder)s/fastcgi;
  uwsgi_temp_path %(folder)s/uwsgi;
  scgi_temp_path %(folder)s/scgi;
  %(server)s
}
"""


class Nginx:
    """The server block of the page, with this machine's ports and files."""

    def __init__(self, to_port):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-nginx-")
        self.port, folder = free_port(), self.folder.name
        os.chmod(folder, 0o755)
        certificate(folder)
        block = re.search(r"```nginx\n(.*?)```", PAGE.read_text(), re.S).group(1)
        block = block.replace("listen 443 ssl", "listen 127.0.0.1:%d ssl" % self.port)
        block = re.sub(r"/etc/letsencrypt\S*/fullchain.pem", folder + "/cert.pem", block)
        block = re.sub(r"/etc/letsencrypt\S*/privkey.pem", folder + "/key.pem", block)
        block = block.replace("127.0.0.1:8080", "127.0.0.1:%d" % to_port)
        Path(folder, "nginx.conf").write_text(NGINX % {"folder": folder, "server": block})
        command = ["/usr/sbin/nginx", "-c", folder + "/nginx.conf", "-e", folder + "/error.log"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        live.wait_until("nginx answers", self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except ConnectionRefusedError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def secure(port, source=GUEST, **options):
    """A conversation over TLS, whoever's certificate it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return Talk(port, wrap=context.wrap_socket, source=source)


# ---- behind nginx -------------------------------------------------------------------------------------

def check_nginx_says_who_asks():
    with Server(proxies=["127.0.0.1"]) as server, Nginx(server.port) as nginx:
        with secure(nginx.port) as talk:
            body = talk.get("/echo").body.decode()
            holds(body, '"address":"%s"' % GUEST)
            holds(body, '"secure":true')
            holds(talk.get("/echo", "X-Forwarded-For: 192.0.2.9").body.decode(), '"address":"%s"' % GUEST)
            holds(talk.get("/echo", "X-Forwarded-Proto: http").body.decode(), '"secure":true')


def check_who_is_no_proxy_claims_in_vain():
    with Server(proxies=["127.0.0.1"]) as server, Talk(server.port, source=GUEST) as talk:
        body = talk.get("/echo", "X-Forwarded-For: 192.0.2.9", "X-Forwarded-Proto: https", "X-Real-IP: 192.0.2.9").body
        holds(body.decode(), '"address":"%s"' % GUEST)
        holds(body.decode(), '"secure":false')
        equal(b"192.0.2.9" in body, False)


def check_forms_files_and_pages_go_through_nginx():
    with Server(proxies=["127.0.0.1"]) as server, Nginx(server.port) as nginx, secure(nginx.port) as talk:
        holds(talk.post("/echo", "a=1&b=%E0%BD%96").body.decode(), '"a":"1"')
        equal(talk.post("/large", 3000000 * "x", kind="text/plain").body, b"3000000")
        part = "--XX\r\nContent-Disposition: form-data; name=f; filename=a.csv\r\n\r\n1,2\r\n--XX--\r\n"
        holds(talk.post("/echo", part, kind="multipart/form-data; boundary=XX").body.decode(), '"name":"a.csv"')
        equal(len(talk.get("/big").body), 3000000)
        etag = talk.get("/static/usher.css").header("etag")
        equal(talk.get("/static/usher.css", "If-None-Match: " + etag).status, 304)
        equal(talk.ask("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n", head=True).status, 200)
        equal(talk.get("/nothing").status, 404)


def check_events_come_through_nginx_one_by_one():
    with Server(proxies=["127.0.0.1"]) as server, Nginx(server.port) as nginx:
        with secure(nginx.port) as stream, Talk(server.port) as talk:
            stream.send("GET /stream/news HTTP/1.1\r\nHost: a\r\n\r\n")
            stream.until(b":\n\n")
            equal(talk.post("/push/news", "data=hello").body, b"pushed")
            holds(stream.until(b"hello").decode(), "data: ")


def check_nothing_of_the_table_ends_badly_behind_nginx():
    with Server(proxies=["127.0.0.1"]) as server, Nginx(server.port) as nginx:
        passed = 0
        for case in raw_http.cases(Path(__file__).parent / "requests.txt"):
            with secure(nginx.port) as talk:
                talk.send(case.data)
                talk.socket.settimeout(0.3)
                try:
                    status = talk.answer(any(head for _, head in case.statuses)).status
                except (TimeoutError, AssertionError, AttributeError, ValueError):
                    continue  # nginx waits for more, or answers as in 1991
            passed += status == 200
            if status in (500, 502, 504):
                raise AssertionError("%s: %d" % (case.name, status))
            with Talk(server.port) as talk:
                equal(talk.get("/after").body, b"after")
        print("%d of the table's requests went through nginx" % passed)


# ---- TLS of its own -----------------------------------------------------------------------------------

class Secure(Server):
    def __init__(self, **settings):
        self.keys = tempfile.TemporaryDirectory(prefix="usher-keys-")
        certificate(self.keys.name)
        files = {"tls_cert": self.keys.name + "/cert.pem", "tls_key": self.keys.name + "/key.pem"}
        super().__init__(scheme="https", **dict(files, **settings))


def check_pages_over_tls():
    with Secure() as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with secure(server.port, minimum_version=version, maximum_version=version) as talk:
                holds(talk.get("/echo").body.decode(), '"secure":true')
                equal(talk.post("/large", 3000000 * "x", kind="text/plain").body, b"3000000")
                equal(len(talk.get("/big").body), 3000000)
                talk.send(20 * b"GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
                equal([talk.answer().body for _ in range(20)], 20 * [b"after"])
                talk.send(b"GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                equal((talk.answer().body, talk.ended()), (b"after", True))


def check_the_table_over_tls():
    with Secure() as server:
        for case in raw_http.cases(Path(__file__).parent / "requests.txt"):
            with secure(server.port) as talk:
                for piece in (case.data[:7], case.data[7:40], case.data[40:]):
                    talk.send(piece)
                statuses = [talk.answer(head).status for _, head in case.statuses]
                equal((case.name, statuses), (case.name, [status for status, _ in case.statuses]))
                if case.stays:
                    equal((case.name, talk.get("/after").body), (case.name, b"after"))


def check_plain_http_where_tls_is_spoken_is_a_sentence():
    with Secure() as server, Talk(server.port) as talk:
        answer = talk.get("/echo")
        equal((answer.status, talk.ended()), (400, True))
        holds(answer.body.decode(), "write https:// in front of the address")


def check_noise_where_tls_is_spoken_ends_the_connection():
    with Secure(head_seconds=1) as server:
        for noise in (b"\x16\x03\x01\x00\x05hello", b"\0" * 100, b"\x16\x03", b"\x80\x2e\x01\0\2", b""):
            with Talk(server.port) as talk:
                talk.send(noise)
                while talk.more():  # an alert, perhaps
                    pass
        with secure(server.port) as talk:
            equal(talk.get("/after").body, b"after")


def check_old_tls_is_refused():
    with Secure() as server, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python knows, too
        try:
            secure(server.port, minimum_version=ssl.TLSVersion.MINIMUM_SUPPORTED,
                   maximum_version=ssl.TLSVersion.TLSv1_1).get("/after")
            raise AssertionError("TLS 1.1 was spoken")
        except (ssl.SSLError, OSError):
            pass


def serial(port):
    return ssl.get_server_certificate(("127.0.0.1", port))


def check_a_renewed_certificate_is_taken_up():
    with Secure() as server, secure(server.port) as old:
        before = serial(server.port)
        equal(old.get("/after").body, b"after")
        certificate(server.keys.name)
        server.place.signal(signal.SIGHUP)
        live.wait_until("the new certificate is shown", lambda: serial(server.port) != before)
        equal(old.get("/after").body, b"after")
        Path(server.keys.name, "key.pem").write_text("this is no key")
        server.place.signal(signal.SIGHUP)
        live.wait_until("the log says what is wrong", lambda: "web.tls_key" in server.place.log())
        with secure(server.port) as talk:
            equal(talk.get("/after").body, b"after")


# ---- settings that are wrong --------------------------------------------------------------------------

def refused(sentence, web, code=1):
    place = live.Place("usher.describe { id = 'x', title = 'X', zone = 'Asia/Thimphu' }\n", "web = { %s }\n" % web)
    got, _, errors = place.command("run", "script.lua")
    place.close()
    holds(errors, sentence)
    equal(got, code)


def check_wrong_settings_are_sentences():
    base = 'base_url = "http://127.0.0.1:1", '
    keys = tempfile.TemporaryDirectory(prefix="usher-keys-")
    certificate(keys.name)
    cert, key = keys.name + "/cert.pem", keys.name + "/key.pem"
    refused("web.base_url is missing: the links in mails begin with it", "")
    refused("is no address of a site", 'base_url = "events.example"')
    refused("is no address of a site", 'base_url = "https://events.example/"')
    refused("is no address with a port", base + 'listen = "127.0.0.1"', 2)
    refused("is no address with a port", base + 'listen = "127.0.0.1:http"', 2)
    refused("is no numeric address", base + 'listen = "events.example:80"', 2)
    refused("can't listen at 192.0.2.1:0", base + 'listen = "192.0.2.1:0"')
    refused('web.proxies: "nginx" is no network', base + 'proxies = { "nginx" }', 2)
    refused("one of them is missing", base + 'tls_cert = "cert.pem"')
    refused("web.tls_cert: nowhere.pem can't be used: No such file", base + 'tls_cert = "nowhere.pem", tls_key = "x"')
    refused("web.tls_key: %s can't be used" % cert, base + 'tls_cert = "%s", tls_key = "%s"' % (cert, cert))
    other = tempfile.TemporaryDirectory(prefix="usher-keys-")
    certificate(other.name)
    refused("key values mismatch", base + 'tls_cert = "%s", tls_key = "%s/key.pem"' % (cert, other.name))
    refused("between 0.1 and 3600 seconds", base + "head_seconds = 0")
    refused("a whole number between 1 and", base + "connections = 0.5")
    refused("did you mean 'listen'", base + 'lisen = "x"')
    equal(os.path.exists(key), True)


def check_a_port_that_is_taken_is_a_sentence():
    with Server() as server:
        refused("another program listens at 127.0.0.1:%d already" % server.port,
                'base_url = "http://a", listen = "127.0.0.1:%d"' % server.port)


def check_another_port_needs_a_restart_and_the_log_says_so():
    with Server() as server:
        server.place.write("usher.conf.lua", 'web = { base_url = "https://a.example", listen = "127.0.0.1:1" }')
        server.place.signal(signal.SIGHUP)
        live.wait_until("the log says so", lambda: "it counts after a restart" in server.place.log())
        live.wait_until("it was read", lambda: "the configuration was read again" in server.place.log())
        with Talk(server.port) as talk:
            holds(talk.get("/echo").body.decode(), '"url":"https://a.example/echo"')


if not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
    sys.exit("nginx is missing: ./dev setup installs it")
main(globals())
