# SPDX-License-Identifier: MIT
"""mail_sink: a real mail server (aiosmtpd) that writes down what it accepts.

  mail_sink.py FILE SLOW_MS [FOLDER]

Prints its port. Appends "recipient TAB Message-ID" to FILE before it answers 250, and takes its time (up to
SLOW_MS, at random) both before it writes and before it answers, so that a sender can be killed in either
place. The mail of line 12 is whole in FOLDER/12.eml before the line is there. Runs until SIGTERM.
"""
import asyncio
import os
import random
import signal
import sys
from email import message_from_bytes

import debian_python

debian_python.need("aiosmtpd")
from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, path, slow_s, folder=None):
        self.file = open(path, "ab", buffering=0)
        self.slow_s, self.folder = slow_s, folder
        self.mails = 0

    async def pause(self):
        if self.slow_s:
            await asyncio.sleep(random.random() * self.slow_s)

    async def handle_DATA(self, server, session, envelope):
        await self.pause()
        message_id = message_from_bytes(envelope.content)["Message-ID"]
        self.mails += 1
        if self.folder:
            with open("%s/%d.eml" % (self.folder, self.mails), "wb") as kept:
                kept.write(envelope.content)
        self.file.write(("%s\t%s\n" % (",".join(envelope.rcpt_tos), message_id)).encode())
        await self.pause()
        return "250 2.0.0 taken"


async def serve(path, slow_ms, folder=None):
    loop = asyncio.get_running_loop()
    sink, over = Sink(path, slow_ms / 1000, folder), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.example", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await over.wait()
    server.close()


asyncio.run(serve(sys.argv[1], float(sys.argv[2]), *sys.argv[3:]))
