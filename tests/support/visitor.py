# SPDX-License-Identifier: MIT
"""visitor: somebody with cookies who looks at pages and sends forms, without a browser.

Nothing is followed by itself, so that a test sees each answer; follow() goes where a 303 points.
"""
import html.parser
import http.client
import http.cookies
import urllib.parse

PATIENCE_S = 30


class Answer:
    def __init__(self, url, response):
        self.url, self.status = url, response.status
        self.headers = {}
        for name, value in response.getheaders():  # what comes twice is joined, cookies are the visitor's
            name = name.lower()
            self.headers[name] = self.headers[name] + ", " + value if name in self.headers else value
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def page(self):
        return Page(self.url, self.text)

    def __repr__(self):
        return "%d %s %r" % (self.status, self.url, self.body[:200])


class Page(html.parser.HTMLParser):
    """What a page offers: links (absolute), and forms as { action, method, fields, choices }.

    fields: name -> what a browser would send when nobody touches it, None for nothing; choices: name -> the
    values of its radio buttons, boxes, options or buttons."""

    def __init__(self, url, text):
        super().__init__()
        self.url, self.links, self.forms, self.words = url, [], [], []
        self.selected = None  # the name of the list that is open
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        for name in ("href", "src"):
            if given.get(name):
                self.links.append(urllib.parse.urljoin(self.url, given[name]))
        if tag == "form":
            self.forms.append({"action": urllib.parse.urljoin(self.url, given.get("action") or ""),
                               "method": (given.get("method") or "get").upper(), "fields": {},
                               "choices": {}})
        elif self.forms and tag in ("input", "textarea", "select", "button") and given.get("name"):
            self.take_field(tag, given)
        elif self.selected and tag == "option":
            self.take_choice(self.selected, given, "selected" in given)

    def take_field(self, tag, given):
        name, kind = given["name"], given.get("type", "text")
        if tag == "select":
            self.selected = name
        elif tag == "button" or kind in ("submit", "radio", "checkbox"):
            self.take_choice(name, given, "checked" in given)
        else:
            self.forms[-1]["fields"][name] = given.get("value") or ""

    def take_choice(self, name, given, chosen):
        """One of several values. Of a list the first one is sent when none is marked."""
        fields, choices = self.forms[-1]["fields"], self.forms[-1]["choices"].setdefault(name, [])
        choices.append(given.get("value") or ("on" if "type" in given else ""))
        first = name == self.selected and len(choices) == 1
        if chosen or first:
            fields[name] = choices[-1]
        fields.setdefault(name, None)

    def handle_endtag(self, tag):
        if tag == "select":
            self.selected = None

    def handle_data(self, data):
        self.words.append(data)

    @property
    def said(self):
        """The words of the page, without its tags."""
        return " ".join(" ".join(self.words).split())


class Visitor:
    def __init__(self, site, agent="Mozilla/5.0 (a visitor of the tests)"):
        self.site, self.agent = site.rstrip("/"), agent
        self.cookies = {}

    def ask(self, method, url, body=None, headers=None):
        """One request; url may be a path. Answers with the status as it came."""
        url = urllib.parse.urljoin(self.site + "/", url)
        parts = urllib.parse.urlsplit(url)
        wire = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE_S)
        sent = {"User-Agent": self.agent, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join("%s=%s" % pair for pair in self.cookies.items())
        try:
            wire.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, sent)
            response = wire.getresponse()
            self.keep_cookies(response)
            return Answer(url, response)
        finally:
            wire.close()

    def keep_cookies(self, response):
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def get(self, url, **headers):
        return self.ask("GET", url, headers=headers)

    def head(self, url, **headers):
        return self.ask("HEAD", url, headers=headers)

    def post(self, url, form, **headers):
        """Sends a form as our pages would. A list among the values is a field that comes several times."""
        body = urllib.parse.urlencode({k: v for k, v in form.items() if v is not None}, doseq=True)
        return self.ask("POST", url, body, {"Content-Type": "application/x-www-form-urlencoded",
                                            "Origin": self.site, **headers})

    def follow(self, answer):
        if answer.status not in (301, 302, 303, 307, 308):
            raise AssertionError("nothing to follow: %r" % answer)
        return self.get(urllib.parse.urljoin(answer.url, answer.headers["location"]))

    def fill(self, page, values, which=0):
        """Sends the page's form with these values over what stands in it, and goes where that leads."""
        form = page.forms[which]
        unknown = set(values) - set(form["fields"])
        if unknown:
            raise AssertionError("the form of %s has no field %s" % (page.url, sorted(unknown)))
        answer = self.post(form["action"], {**form["fields"], **values})
        return self.follow(answer) if answer.status == 303 else answer
