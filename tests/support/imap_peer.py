# SPDX-License-Identifier: MIT
"""imap_peer: a real mailbox on free ports of this machine: dovecot as an ordinary user, in a folder of its own.

    box = imap_peer.Mailbox(folder)      # IMAP in the clear, with STARTTLS, and imaps
    box.put(b"Subject: ...\\r\\n\\r\\n...")  # a mail arrives
    box.mails()                          # {uid: flags}
    box.close()

dovecot answers for one user, office, whose password is PASSWORD. It wants an ordinary user, so a test that runs
as root starts it as nobody.
"""
import atexit
import imaplib
import os
import pwd
import socket
import subprocess
import time
from pathlib import Path

from errands import certificate

PASSWORD = "box-of-letters"
UP_S = 30

CONFIG = """
base_dir = {run}
state_dir = {run}/state
log_path = {run}/dovecot.log
mail_location = maildir:{run}/mail
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{run}/cert.pem
ssl_key = <{run}/key.pem
disable_plaintext_auth = no
mail_max_userip_connections = 50
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={run}
}}
first_valid_uid = 1
first_valid_gid = 1
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Mailbox:
    """The mailbox of office@box.example."""

    def __init__(self, folder):
        self.run = Path(folder) / "dovecot"
        self.settings = Path(folder) / "dovecot.conf"  # beside it: dovecot makes a link of that name in its own
        self.run.mkdir(parents=True)
        self.process = None
        atexit.register(self.close)
        certificate(str(self.run))
        user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.port, self.tls_port = free_port(), free_port()
        group = subprocess.run(["id", "-gn", user.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        self.settings.write_text(CONFIG.format(
            run=self.run, user=user.pw_name, group=group, uid=user.pw_uid, gid=user.pw_gid, port=self.port,
            tls_port=self.tls_port, password=PASSWORD))
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "%d:%d" % (user.pw_uid, user.pw_gid), str(self.run)], check=True)
            reach = self.run  # the folders above it must let that user through
            while reach != reach.parent:
                reach = reach.parent
                if str(reach) not in ("/", "/tmp"):
                    reach.chmod(reach.stat().st_mode | 0o111)
        self.start()

    def start(self):
        """Its output goes nowhere: dovecot keeps stdout open, and a pipe to it would never end."""
        command = ["dovecot", "-F", "-c", str(self.settings)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + command
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + UP_S
        while time.monotonic() < end:
            try:
                self.session().logout()
                return
            except (OSError, imaplib.IMAP4.error):
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError("dovecot does not answer: %s" % self.log())

    def log(self):
        path = self.run / "dovecot.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else "(no log)"

    def session(self):
        session = imaplib.IMAP4("127.0.0.1", self.port)
        session.login("office", PASSWORD)
        return session

    def put(self, *messages):
        """Mails arrive, in this order."""
        session = self.session()
        for message in messages:
            answer, words = session.append("INBOX", None, None, message)
            if answer != "OK":
                raise AssertionError("the mailbox does not take a mail: %s" % words)
        session.logout()

    def put_files(self, messages):
        """The same for thousands: files of the maildir, as a delivery agent leaves them."""
        folder = self.run / "mail" / "new"
        self.mails()  # the first look makes the folder
        owner = folder.stat()
        for i, message in enumerate(messages):
            path = folder / ("%d.M%06dP1.box" % (1600000000 + i, i))
            path.write_bytes(message)
            os.chown(path, owner.st_uid, owner.st_gid)

    def mails(self):
        """uid -> set of flags, of everything in the mailbox."""
        session = self.session()
        session.select("INBOX", readonly=True)
        found = {}
        for line in session.uid("FETCH", "1:*", "(FLAGS)")[1]:
            words = line.decode() if line else ""
            if "UID " in words:  # changes that others made meanwhile are told without it
                uid = int(words.split("UID ")[1].split(" ")[0].rstrip(")"))
                found[uid] = set(words.split("FLAGS (")[1].split(")")[0].split())
        session.logout()
        return found

    def config(self, tls="none", **more):
        """The setting `mailbox` of usher.conf.lua for it."""
        port = self.tls_port if tls == "tls" else self.port
        settings = dict(host="127.0.0.1", port=port, tls=tls, user="office", password=PASSWORD, every_seconds=1)
        settings.update(more)
        return "mailbox = { %s }\n" % ", ".join(
            '%s = %s' % (name, value if isinstance(value, (int, float)) else '"%s"' % value)
            for name, value in settings.items())

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()
