# SPDX-License-Identifier: MIT
"""web_server: `usher run` with a few pages, on a free port, for the checks in tests/web."""
import socket

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
usher.http.route("GET", "/big", function() return { type = "text/plain", body = string.rep("x", 4000000) } end)
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

    def memory(self, kind="RssAnon"):
        """Bytes that the process holds."""
        for line in open("/proc/%d/status" % self.place.process.pid):
            if line.startswith(kind + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no %s" % kind)
