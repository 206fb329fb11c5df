# SPDX-License-Identifier: MIT
"""office_suite: LibreOffice without a window, to write the files that people send and to open those of usher."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PATIENCE_S = 90  # the first start makes a profile; later ones take two seconds
UTF8_CSV = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,%s,false"  # last: cells as they are shown, or typed


class Suite:
    """One profile of its own, for as long as the test runs."""

    def __init__(self):
        self.program = shutil.which("soffice")
        if not self.program:
            print("LibreOffice is not here: ./dev test installs it (libreoffice-calc-nogui)\n0 passed, 1 failed")
            sys.exit(1)
        self.made = {}
        self.folder = tempfile.TemporaryDirectory(prefix="usher-office-")

    def convert(self, path, kind, *more):
        """The path of the same table as another kind of file, in a folder of its own. The same is made once."""
        key = (path.read_bytes(), path.name, kind, more)
        if key not in self.made:
            self.made[key] = self.convert_anew(path, kind, more)
        return self.made[key]

    def convert_anew(self, path, kind, more):
        out = Path(tempfile.mkdtemp(dir=self.folder.name))
        done = subprocess.run([self.program, "-env:UserInstallation=file://%s/profile" % self.folder.name, "--headless",
                               "--norestore", *more, "--convert-to", kind, "--outdir", str(out), str(path)],
                              timeout=PATIENCE_S, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        made = list(out.iterdir())
        if len(made) != 1:
            raise AssertionError("LibreOffice did not make a .%s of %s: %s%s" % (kind, path, done.stdout, done.stderr))
        return made[0]

    def from_csv(self, path, kind):
        """As somebody would who opens the CSV with a double click: numbers and dates are recognised."""
        return self.convert(path, kind, "--infilter=" + UTF8_CSV % "true")

    def to_csv(self, path):
        """What each cell shows, as text."""
        return self.convert(path, "csv:" + UTF8_CSV % "false").read_text(encoding="utf-8-sig")
