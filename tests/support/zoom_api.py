# SPDX-License-Identifier: MIT
"""zoom_api: a stand-in for Zoom, on a free port of this machine, written from Zoom's public documentation:

  tokens        https://developers.zoom.us/docs/internal-apps/s2s-oauth/
  meetings      https://developers.zoom.us/docs/api/meetings/#tag/meetings (List, Create, Get, Update a meeting)
  registrants   https://developers.zoom.us/docs/api/meetings/#tag/invitation--registration
                (Add a meeting registrant, List meeting registrants)
  report        https://developers.zoom.us/docs/api/meetings/#tag/reports (Get meeting participant reports)
  rate limits   https://developers.zoom.us/docs/api/rate-limits/
  errors        https://developers.zoom.us/docs/api/errors/

It is no proof of what Zoom does; it is what the pages say, so that a test can hold usher to them. What was asked is
in `requests`. What it is to do next is put into `plan`, a list of things for the next requests, by path:

  peer.trouble("/users/me/meetings", status=429, headers={"Retry-After": "1"}, body={...})
  peer.trouble("/users/me/meetings", cut=True)           does what is asked, and hangs up without an answer
  peer.trouble("/users/me/meetings", hold=event)         does what is asked, and answers when the event is set
  peer.expire_tokens()                                   every token that was given out is refused with 401
"""
import base64
import http.server
import json
import re
import threading
import urllib.parse

ACCOUNT, CLIENT, SECRET = "acc-0815", "cli-4711", "s3cr3t+of/Zoom"
ALL_SCOPES = ["meeting:write:meeting:admin", "meeting:read:meeting:admin", "meeting:update:meeting:admin",
              "meeting:read:list_meetings:admin", "meeting:write:registrant:admin",
              "meeting:read:list_registrants:admin", "meeting:read:list_past_instances:admin",
              "report:read:list_meeting_participants:admin"]
AGENDA_LISTED_MAX = 250    # of an agenda in a list of meetings
SAME_REGISTRANT_A_DAY = 3  # questions for one address and one meeting
MEETING_PATH = r"/meetings/(\d+)"


class Refusal(Exception):
    def __init__(self, status, code, message, **more):
        super().__init__(message)
        self.status, self.body = status, dict({"code": code, "message": message}, **more)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=None, headers=()):
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if data:
            self.send_header("Content-Type", "application/json;charset=UTF-8")
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def respond(self):
        zoom = self.server.zoom
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urllib.parse.urlsplit(self.path)
        path = url.path.removeprefix("/v2")
        query = dict(urllib.parse.parse_qsl(url.query))
        zoom.requests.append((self.command, path, query, body))
        trouble = zoom.next_trouble(path)
        try:
            if "status" in trouble:
                self.answer(trouble["status"], trouble.get("body"), list(trouble.get("headers", {}).items()))
                return
            status, reply = zoom.serve(self.command, path, query, body, self.headers)
        except Refusal as e:
            status, reply = e.status, e.body
        if trouble.get("hold"):
            trouble["hold"].wait()
        if trouble.get("cut"):
            self.close_connection = True
            return
        self.answer(status, reply, zoom.limit_headers())

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = respond


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that was killed is a case here, not an error


class Zoom:
    """One account of one host. Everything it keeps is a plain dict or list, under one lock."""

    def __init__(self, scopes=None, page_size_max=300):
        self.lock = threading.Lock()
        self.scopes, self.page_size_max = list(scopes or ALL_SCOPES), page_size_max
        self.requests, self.plan, self.tokens, self.tokens_given = [], [], set(), 0
        self.meetings, self.registrants = {}, {}
        self.reports, self.instances_of = {}, {}
        self.asked_for, self.pages = {}, {}
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.zoom = self
        self.port = self.server.server_address[1]
        self.origin = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()

    # ---- what a test says and asks ------------------------------------------------------------------

    def trouble(self, path, **how):
        self.plan.append((path, how))

    def next_trouble(self, path):
        with self.lock:
            for i, (where, how) in enumerate(self.plan):
                if where == path:
                    del self.plan[i]
                    return how
        return {}

    def expire_tokens(self):
        with self.lock:
            self.tokens.clear()

    def asked(self, method, path):
        """The bodies of those requests, in order."""
        return [json.loads(body) if body else None for m, p, _, body in self.requests if (m, p) == (method, path)]

    def limit_headers(self):
        return [("X-RateLimit-Category", "Light"), ("X-RateLimit-Type", "QPS"), ("X-RateLimit-Limit", "30"),
                ("X-RateLimit-Remaining", "29")]

    # ---- tokens -------------------------------------------------------------------------------------

    def give_token(self, body, headers):
        pair = base64.b64encode(("%s:%s" % tuple(urllib.parse.quote(x, safe="") for x in (CLIENT, SECRET))).encode())
        form = dict(urllib.parse.parse_qsl(body))
        if headers.get("Authorization") != "Basic " + pair.decode():
            return 400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        if form.get("grant_type") != "account_credentials":
            return 400, {"reason": "unsupported grant type", "error": "unsupported_grant_type"}
        if form.get("account_id") != ACCOUNT:
            return 400, {"reason": "Bad Request", "error": "invalid_request"}
        with self.lock:
            self.tokens_given += 1
            token = "eyJ.zoom-token-%d" % self.tokens_given
            self.tokens.add(token)
        return 200, {"access_token": token, "token_type": "bearer", "expires_in": 3599, "scope": " ".join(self.scopes),
                     "api_url": self.origin}

    def check_token(self, headers, scope):
        with self.lock:
            known = headers.get("Authorization", "").removeprefix("Bearer ") in self.tokens
        if not known:
            raise Refusal(401, 124, "Invalid access token.")
        if scope not in self.scopes:
            raise Refusal(400, 4711, "Invalid access token, does not contain scopes:[%s]." % scope)

    # ---- the routes ---------------------------------------------------------------------------------

    ROUTES = [
        ("GET", r"/users/([^/]+)/meetings", "list_meetings", "meeting:read:list_meetings:admin"),
        ("POST", r"/users/([^/]+)/meetings", "create_meeting", "meeting:write:meeting:admin"),
        ("GET", MEETING_PATH, "get_meeting", "meeting:read:meeting:admin"),
        ("PATCH", MEETING_PATH, "update_meeting", "meeting:update:meeting:admin"),
        ("GET", MEETING_PATH + "/registrants", "list_registrants", "meeting:read:list_registrants:admin"),
        ("POST", MEETING_PATH + "/registrants", "add_registrant", "meeting:write:registrant:admin"),
        ("GET", r"/past_meetings/(\d+)/instances", "instances", "meeting:read:list_past_instances:admin"),
        ("GET", r"/report/meetings/(.+)/participants", "report", "report:read:list_meeting_participants:admin"),
    ]

    def serve(self, method, path, query, body, headers):
        if (method, path) == ("POST", "/oauth/token"):
            return self.give_token(body, headers)
        for known, pattern, name, scope in self.ROUTES:
            found = re.fullmatch(pattern, path)
            if found and known == method:
                self.check_token(headers, scope)
                with self.lock:
                    return getattr(self, name)(found.group(1), query, self.read(body))
        raise Refusal(404, 2300, "This API endpoint is not recognized.")

    @staticmethod
    def read(body):
        if not body:
            return {}
        try:
            return json.loads(body)
        except ValueError as e:
            raise Refusal(400, 300, "Request Body should be a valid JSON object.") from e

    def page(self, rows, query, name):
        """One page of a list. A token of a page is of use once, as a reader needs it once."""
        size = min(int(query.get("page_size", 30)), self.page_size_max)
        start = self.pages.pop(query["next_page_token"], None) if query.get("next_page_token") else 0
        if start is None:
            raise Refusal(400, 300, "The next page token is invalid or expired.")
        token = ""
        if start + size < len(rows):
            token = "page-%d-of-%s" % (start + size, name)
            self.pages[token] = start + size
        return 200, {"page_size": size, "total_records": len(rows), "next_page_token": token,
                     name: rows[start:start + size]}

    # ---- meetings -----------------------------------------------------------------------------------

    def meeting(self, number):
        if number not in self.meetings:
            raise Refusal(404, 3001, "Meeting does not exist: %s." % number)
        return self.meetings[number]

    def add_meeting(self, given, number=None):
        number = number or str(94500000000 + len(self.meetings) + 1)
        self.meetings[number] = dict({
            "uuid": "uuid/%s==" % number, "id": int(number), "host_email": "host@office.example", "status": "waiting",
            "join_url": "%s/j/%s?pwd=abc" % (self.origin, number), "password": "123456",
            "start_url": "%s/s/%s?zak=SECRET" % (self.origin, number)}, **given)
        return self.meetings[number]

    def check_meeting(self, given):
        errors = []
        if len(given.get("topic", "")) > 200:
            errors.append({"field": "topic", "message": "Invalid field."})
        if "start_time" in given and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?", given["start_time"]):
            errors.append({"field": "start_time", "message": "Invalid field."})
        if len(given.get("agenda", "")) > 2000:
            errors.append({"field": "agenda", "message": "Invalid field."})
        if errors:
            raise Refusal(400, 300, "Validation Failed.", errors=errors)

    def check_host(self, host):
        if host not in ("me", "host@office.example"):
            raise Refusal(404, 1001, "User does not exist: %s." % host)

    def create_meeting(self, host, query, given):
        self.check_host(host)
        self.check_meeting(given)
        return 201, self.add_meeting(given)

    def list_meetings(self, host, query, given):
        self.check_host(host)
        rows = [dict({k: m[k] for k in ("uuid", "id", "topic", "type", "start_time", "duration", "timezone",
                                        "join_url") if k in m},
                     agenda=m.get("agenda", "")[:AGENDA_LISTED_MAX]) for m in self.meetings.values()]
        return self.page(rows, query, "meetings")

    def get_meeting(self, number, query, given):
        return 200, self.meeting(number)

    def update_meeting(self, number, query, given):
        self.check_meeting(given)
        self.meeting(number).update(given)
        return 204, None

    # ---- registrants --------------------------------------------------------------------------------

    def needs_registration(self, number):
        if self.meeting(number).get("settings", {}).get("approval_type", 2) == 2:
            raise Refusal(400, 404, "Registration has not been enabled for this meeting: %s." % number)

    def add_registrant(self, number, query, given):
        self.needs_registration(number)
        mail = given.get("email", "")
        if not given.get("first_name") or "@" not in mail or len(given["first_name"]) > 64:
            raise Refusal(400, 300, "Validation Failed.", errors=[{"field": "first_name", "message": "Invalid field."}])
        asked = self.asked_for[number, mail] = self.asked_for.get((number, mail), 0) + 1
        if asked > SAME_REGISTRANT_A_DAY:
            raise Refusal(429, 429, "You have exceeded the daily rate limit (%d) of Add meeting registrant API requests "
                          "for the registrant (%s)." % (SAME_REGISTRANT_A_DAY, mail))
        known = self.registrants.setdefault(number, {})
        if mail not in known:  # the same address again is the same registrant
            n = len(known) + 1
            known[mail] = dict(given, id="reg-%s-%d" % (number, n), status="approved",
                               join_url="%s/w/%s?tk=token-%d" % (self.origin, number, n))
        one = known[mail]
        return 201, {"id": int(number), "registrant_id": one["id"], "join_url": one["join_url"],
                     "topic": self.meetings[number].get("topic", ""),
                     "start_time": self.meetings[number].get("start_time", "")}

    def list_registrants(self, number, query, given):
        self.needs_registration(number)
        return self.page(list(self.registrants.get(number, {}).values()), query, "registrants")

    # ---- who was there ------------------------------------------------------------------------------

    def took_place(self, number, start_time, rows):
        """The meeting was opened then, and these rows are its report. Answers the name of the opening."""
        uuid = "/%d/ab==" % len(self.reports)  # begins with a slash: the hardest kind
        self.instances_of.setdefault(number, []).append({"uuid": uuid, "start_time": start_time})
        self.reports[uuid] = self.reports[number] = rows
        return uuid

    def instances(self, number, query, given):
        self.meeting(number)
        return 200, {"meetings": self.instances_of.get(number, [])}

    def report(self, name, query, given):
        if "/" in name:  # of a name with a slash, Zoom wants it escaped twice
            raise Refusal(404, 2300, "This API endpoint is not recognized.")
        name = urllib.parse.unquote(urllib.parse.unquote(name))
        if name not in self.reports:
            raise Refusal(404, 3001, "This meeting is not available or ID is not valid: %s." % name)
        rows = self.reports[name]
        if query.get("include_fields") != "registrant_id":
            rows = [{k: v for k, v in row.items() if k != "registrant_id"} for row in rows]
        return self.page(rows, query, "participants")
