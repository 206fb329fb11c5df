# SPDX-License-Identifier: MIT
# mails: what a guest reads. A rehearsal writes every mail; here they are opened as a mail program would.
import email
import email.policy
import glob
import os
import subprocess
import sys
import tempfile

USHER = os.path.abspath(os.environ.get("USHER") or next(
    (p for p in ("build/dev/usher", "build/release/usher") if os.path.exists(p)), "build/release/usher"))
SCRIPT = """
event "mails" {
  title = "Law & *order* in A_B_C",
  when = "Wed 24 Feb 2027 22:30 - 25 Feb 2027 00:30 Asia/Thimphu",
  where = zoom { link = secret "ROOM" },
  from = "Office <office@office.example>",
}
guests "guests.csv"
mail "invitation" {
  to = invited,
  at = "1 day before, 09:00",
  attach = "calendar",
  subject = "{title}: {name}",
  text = "Dear {full_name},\\n\\n{full_name} is asked to **{title}**\\n\\n{when_both}\\n\\n{where}\\n\\n[notes]({notes})",
}
"""
GUESTS = """\ufeffName;Salutation;E-Mail;Notes;Zone\r
*Karma* _Dorji_;Dasho;karma@office.example;https://office.example/a_b_c;\r
1. <b>Bob</b> [x](http://evil.example) &lt;;;bob@office.example;https://office.example/b;America/New_York\r
"བསོད་ནམས\r
དབང་མོ";;sonam@office.example;https://office.example/c;\r
""".replace("&lt;;;", "&lt\u037e;;")  # a Greek question mark looks like a semicolon; the cell stays one cell

passed = failed = 0


def check(sentence, fine):
    global passed, failed
    print(("ok    " if fine else "FAIL  ") + sentence)
    passed, failed = passed + bool(fine), failed + (not fine)


def read_mails(folder):
    """The first mail of each guest: the invitation."""
    mails = {}
    for path in sorted(glob.glob(folder + "/out/mails/*.eml")):
        with open(path, "rb") as f:
            mail = email.message_from_binary_file(f, policy=email.policy.default)
        mails.setdefault(mail["to"].addresses[0].addr_spec.split("@")[0], mail)
    return mails


def part(mail, kind):
    return mail.get_body((kind,)).get_content()


with tempfile.TemporaryDirectory() as folder:
    for name, text in (("mails.lua", SCRIPT), ("guests.csv", GUESTS)):
        with open(os.path.join(folder, name), "w", newline="") as f:
            f.write(text)
    ran = subprocess.run([USHER, "rehearse", "--out", "out", "mails.lua", "--from",
                          "20 Feb 2027 09:00 Asia/Thimphu"], cwd=folder, env=dict(os.environ, USHER_SECRET_ROOM="https://zoom.example/j/77"),
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    check("the rehearsal ends well", ran.returncode == 0 or print(ran.stdout))
    mails = read_mails(folder)
    check("each guest has one mail", sorted(mails) == ["bob", "karma", "sonam"])
    karma, bob, sonam = mails["karma"], mails["bob"], mails["sonam"]
    check("stars and lines in a name stay", "Dear Dasho *Karma* _Dorji_," in part(karma, "plain"))
    check("they make no emphasis", "<p" in part(karma, "html") and "Dasho *Karma* _Dorji_" in part(karma, "html"))
    check("nor do those of the title", "Law &amp; *order* in A_B_C</strong>" in part(karma, "html"))
    check("a subject has no backslash", karma["subject"] == "Law & *order* in A_B_C: *Karma* _Dorji_")
    check("a number at a line's start makes no list", "<ol" not in part(bob, "html"))
    check("tags and links in a name are text", "&lt;b&gt;Bob&lt;/b&gt; [x](http://evil.example)" in part(bob, "html"))
    check("an address in a column is a link", 'href="https://office.example/a_b_c"' in part(karma, "html"))
    check("a line break in a cell is a space", "Dear བསོད་ནམས དབང་མོ," in part(sonam, "plain"))
    said = " ".join(part(bob, "plain").split())
    check("both days are said when they differ", "Wed 24 Feb 2027, 11:30-13:30 New York (UTC-5), which is "
          "Wed 24 Feb 2027, 22:30 to Thu 25 Feb 2027, 00:30 Thimphu (UTC+6)" in said)
    check("the secret is in no mail of a rehearsal",
          all("zoom.example/j/77" not in part(mail, "plain") for mail in mails.values()))
    calendar = [p for p in karma.walk() if p.get_content_type() == "text/calendar"]
    check("the calendar entry is an alternative of the text", list(karma.iter_parts())[0].get_content_type()
          == "multipart/alternative" and len(calendar) == 1 and calendar[0].get_param("method") == "REQUEST")
    check("its lines are folded at 75 octets", calendar and all(
        len(line) <= 75 for line in calendar[0].get_payload(decode=True).splitlines()))

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
