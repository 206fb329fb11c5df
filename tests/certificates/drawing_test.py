#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a certificate looks like to programs that are not usher: poppler draws it and lists its fonts, zbar reads
its code. The page of the last check stays in build/certificate.png, to be looked at by a person.
"""
import json
import re
import subprocess
import sys
import tempfile
import zlib
import struct
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

DRAW = live.find_build("tests/certificate_draw")
URL = "https://events.example/c/7K4M-2Q9X-HT3W"
DARK = 90  # of 255: the ink of names; what is red, gold or grey is lighter
SYLLABLES = "སྐྱབས་རྗེ་བསྟན་འཛིན་རྒྱ་མཚོ་དབང་ཕྱུག"
PAPER = {
    "host": "Department of Information and Media · APCICT/ESCAP", "title": "Certificate of Participation",
    "before": "This is to certify that", "name": "Dasho Karma " + SYLLABLES, "text": "took part in",
    "what": "High-Level Briefing on Digital Government", "details": ["25 February 2021", "online"],
    "issued": "Issued on 1 March 2021", "signed": ["Dasho Phuntsho Tobgay\nDirector, DoIM"], "url": URL,
    "code": "7K4M-2Q9X-HT3W", "check": "events.example/c/7K4M-2Q9X-HT3W", "created": 1614571200000,
}


def draw(paper, pictures=(), **variables):
    """The PDF of a paper, drawn by a process of its own."""
    done = subprocess.run([str(DRAW), *map(str, pictures)], input=json.dumps(paper).encode(), check=False,
                          capture_output=True, env=live.environment(**variables))
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def refused(paper, *pictures):
    done = subprocess.run([str(DRAW), *map(str, pictures)], input=json.dumps(paper).encode(), check=False,
                          capture_output=True, env=live.environment())
    equal(done.returncode, 1)
    return done.stderr.decode()


def tool(*words, data=None):
    return subprocess.run(words, input=data, capture_output=True, check=True).stdout


def to_png(pdf, path, dpi=150):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(tool("pdftoppm", "-png", "-r", str(dpi), "-", data=pdf))


def dark_box(pdf):
    """Width and height of what is drawn in the ink of a name, in pixels."""
    data = tool("pdftoppm", "-r", "144", "-", data=pdf)
    head = re.match(rb"P6\s(\d+) (\d+)\s255\s", data)
    width, height, pixels = int(head[1]), int(head[2]), data[head.end():]
    dark = [i for i in range(width * height) if max(pixels[3 * i:3 * i + 3]) < DARK]
    columns, rows = [i % width for i in dark], [i // width for i in dark]
    return max(columns) - min(columns), max(rows) - min(rows)


def png_of(width, height):
    """A plain picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x70\x10\x18" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def check_every_font_is_embedded_and_tibetan_letters_have_their_own():
    lines = tool("pdffonts", "-", data=draw(PAPER)).decode().splitlines()[2:]
    equal([line for line in lines if not re.search(r" yes (yes|no) +yes ", line)], [])
    holds("\n".join(lines), "DDC_Uchen")
    equal([line for line in lines if "Italic" in line or "Oblique" in line or "Type 3" in line], [])


def check_the_qr_code_is_the_address_of_the_page_that_checks_it():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        to_png(draw(PAPER), path)
        equal(tool("zbarimg", "-q", "--raw", "--nodbus", str(path)).decode().strip(), URL)


def check_the_same_facts_are_the_same_bytes_whatever_the_environment_says():
    first = draw(PAPER)
    for variables in ({"LANG": "dz_BT.UTF-8"}, {"LC_TIME": "ja_JP.UTF-8", "LANG": "ar_EG.UTF-8"},
                      {"TZ": "America/New_York"}, {"HOME": "/nonexistent"}):
        equal(draw(PAPER, **variables) == first, True)


def check_syllables_are_stacked_and_not_written_side_by_side():
    """sa, ga, ra and u: as one syllable they stand on each other, so it is narrower and taller."""
    def alone(name):
        return dark_box(draw({"title": "T", "name": name}))

    stacked, beside = alone("བསྒྲུབས"), alone("བསགརུབས")
    equal(stacked[0] < 0.8 * beside[0] and stacked[1] > 1.2 * beside[1], True)


def check_long_texts_stay_on_their_page():
    long = dict(PAPER, title="Certificate of Participation in " * 4, what="Digital Government and " * 8,
                name="Her Excellency Professor Doctor Tshering Yangchen Wangmo Dorji Namgyel " + SYLLABLES * 2)
    pdf = draw(long)
    holds(tool("pdfinfo", "-", data=pdf).decode(), "Pages:           1")
    width, _ = dark_box(pdf)
    equal(width < 1640, True)  # of 1684 pixels, less the frame


def check_its_text_can_be_searched_and_read_aloud():
    text = tool("pdftotext", "-layout", "-", "-", data=draw(PAPER)).decode()
    for line in ("Certificate of Participation", "Dasho Karma", "High-Level Briefing", "7K4M-2Q9X-HT3W"):
        holds(text, line)


def check_logos_are_shown_and_what_is_none_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        logo, broken = Path(folder) / "logo.png", Path(folder) / "broken.png"
        logo.write_bytes(png_of(120, 60))
        broken.write_bytes(png_of(120, 60)[:60] + b"nothing more")
        with_logo = dict(PAPER, logo="@1", signature="@1")
        holds(tool("pdfimages", "-list", "-", data=draw(with_logo, [logo])).decode(), " 120    60 ")
        holds(refused(with_logo, broken), "the certificate's logo can't be read")


def check_a_page_is_left_for_a_person_to_look_at():
    to_png(draw(PAPER), live.ROOT / "build/certificate.png", 100)


if __name__ == "__main__":
    main(globals())
