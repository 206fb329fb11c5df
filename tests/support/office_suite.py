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
        return self.convert_all([path], kind, *more)[0]

    def convert_all(self, paths, kind, *more):
        """The same of several files in one go: it is the start of LibreOffice that takes its time."""
        keys = [(path.read_bytes(), path.name, kind, more) for path in paths]
        new = [path for path, key in zip(paths, keys) if key not in self.made]
        if new:
            made = self.convert_anew(new, kind, more)
            self.made.update({key: made[path.stem] for path, key in zip(paths, keys) if path in new})
        return [self.made[key] for key in keys]

    def convert_anew(self, paths, kind, more):
        out = Path(tempfile.mkdtemp(dir=self.folder.name))
        done = subprocess.run([self.program, "-env:UserInstallation=file://%s/profile" % self.folder.name, "--headless",
                               "--norestore", *more, "--convert-to", kind, "--outdir", str(out), *map(str, paths)],
                              timeout=PATIENCE_S, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        made = {path.stem: path for path in out.iterdir()}
        if set(made) != {path.stem for path in paths}:
            raise AssertionError("LibreOffice did not make a .%s of %s: %s%s" % (kind, paths, done.stdout, done.stderr))
        return made

    def from_csv(self, kind, *paths):
        """As somebody would who opens the CSV with a double click: numbers and dates are recognised."""
        return self.convert_all(paths, kind, "--infilter=" + UTF8_CSV % "true")

    def to_csv(self, *paths):
        """What each cell shows, as text."""
        made = self.convert_all(paths, "csv:" + UTF8_CSV % "false")
        return [path.read_text(encoding="utf-8-sig") for path in made]
