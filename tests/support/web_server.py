# SPDX-License-Identifier: MIT
"""web_server: `usher run` with a few pages, on a free port, for the checks in tests/web."""
import socket
import time
from pathlib import Path

import live
from errands import equal

SCRIPT = """
usher.describe { id = "pages", title = "Pages", zone = "Asia/Thimphu" }
local function echo(request)
  request.url = usher.http.url("/echo")
  return { type = "application/json", body = usher.json.encode(request) }
end
usher.http.route("GET", "/echo", echo)
usher.http.route("POST", "/echo", echo, { open = true })
usher.http.route("POST", "/large", function(request)
  return { type = "text/plain", body = tostring(#request.body) }
end, { open = true, body = 4000000 })
usher.http.route("GET", "/after", function() return { type = "text/plain", body = "after" } end)
usher.http.static("/big", { type = "text/plain", data = string.rep(string.rep("x", 1000), 3000) })
usher.http.route("GET", "/stream/:topic", function(request) return { stream = request.params.topic } end)
usher.http.route("POST", "/push/:topic", function(request)
  usher.http.push(request.params.topic, request.form.data)
  usher.book("pushed"):set("last", request.form.data)
  return { type = "text/plain", body = "pushed" }
end, { open = true })
usher.http.route("GET", "/headers", function(request)
  return { body = "x", headers = { [request.query.name or "x"] = request.query.value or "y" } }
end)
usher.http.route("GET", "/to", function(request) return { redirect = request.query.path } end)
usher.http.static("/static/usher.css", { type = "text/css", data = "p { margin: 0 }" })
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def setting(value):
    if isinstance(value, str):
        return '"%s"' % value
    if isinstance(value, (list, tuple)):
        return "{ %s }" % ", ".join(map(setting, value))
    return str(value)


class Server:
    """Settings are those of the section `web`, by their names."""

    def __init__(self, program=None, script=SCRIPT, files=None, scheme="http", **settings):
        self.port = free_port()
        web = dict({"listen": "127.0.0.1:%d" % self.port, "base_url": "%s://127.0.0.1:%d" % (scheme, self.port)},
                   **settings)
        config = "web = { %s }\n" % ", ".join("%s = %s" % (k, setting(v)) for k, v in web.items())
        self.place = live.Place(script, config, files, program)

    def start(self):
        self.place.run()
        return self

    def stop(self):
        equal(self.place.stop(), 0)

    def __enter__(self):
        return self.start()

    def __exit__(self, *args):
        self.place.close()

    def open_files(self):
        return len(list(Path("/proc/%d/fd" % self.place.process.pid).iterdir()))

    def settled_files(self):
        """How many files are open once nobody is there any more."""
        seen = [self.open_files()]
        while len(seen) < 10 or seen[-10:] != 10 * seen[-1:]:
            time.sleep(0.02)
            seen.append(self.open_files())
        return seen[-1]

    def memory(self, kind="RssAnon"):
        """Bytes that the process holds."""
        for line in open("/proc/%d/status" % self.place.process.pid):
            if line.startswith(kind + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no %s" % kind)
