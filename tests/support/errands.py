# SPDX-License-Identifier: MIT
"""errands: drives tests/tools/world_errands.c, and the few lines every check with real peers needs."""
import json
import os
import subprocess
import sys
import threading
import traceback

WATCH_S = 60  # a run takes seconds; past this it hangs
SHOWN = 300
PROGRAM = os.path.join(os.environ.get("USHER_TOOLS", "build/dev/tests"), "world_errands")


class Run:
    """One run of the world over these effects. endings is in the order in which they came."""

    def __init__(self, settings, effects):
        lines = [settings] + effects
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.watch = threading.Timer(WATCH_S, self.process.kill)
        self.watch.start()
        self.process.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
        self.process.stdin.close()
        self.endings = []

    def next(self):
        """The next ending as it comes; None after the last."""
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else None
        if answer is None or "run" in answer:
            self.run = answer["run"] if answer else None
            rest = self.process.stdout.readline()
            self.left = json.loads(rest)["left"] if rest else None
            return None
        self.endings.append(answer)
        return answer

    def finish(self):
        while self.next():
            pass
        self.errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self.code = self.process.wait()
        self.watch.cancel()
        if self.code:
            raise AssertionError("world_errands ended with %d: %s" % (self.code, self.errors[-4000:]))
        return self


def perform(settings, *effects):
    """Performs them all; their endings in the order of the effects."""
    run = Run(settings, list(effects)).finish()
    return sorted(run.endings, key=lambda ending: ending["n"])


def certificate(folder):
    """Makes cert.pem and key.pem for localhost and 127.0.0.1."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", folder + "/key.pem",
                    "-out", folder + "/cert.pem"], check=True, capture_output=True)


def equal(got, want):
    if got != want:
        raise AssertionError("got %s, wanted %s" % (repr(got)[:SHOWN], repr(want)[:SHOWN]))


def holds(text, part):
    if part not in text:
        raise AssertionError("%s does not hold %r" % (repr(text)[:SHOWN], part))


def main(checks):
    """Runs the functions whose names begin with check_; says which failed, and the counts at the end."""
    passed = failed = 0
    for name, check in list(checks.items()):
        if not name.startswith("check_"):
            continue
        try:
            check()
            passed += 1
        except Exception:  # one check must not hide the others
            failed += 1
            print("FAILED %s\n%s" % (name[6:].replace("_", " "), traceback.format_exc()))
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)
