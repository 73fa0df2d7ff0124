"""A real mail server on this machine that keeps what it gets."""

import asyncio
import logging
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # else each command is a line


class Mailbox:
    """A context: the server answers from entry to exit, on the same port each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []  # to the next RCPT commands, in place of yes
        self.slow = 0.0  # seconds that it takes for each mail
        self._controller: Any = None

    def __enter__(self) -> "Mailbox":
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow)
        data = envelope.content
        assert isinstance(data, bytes)
        self.mails.append(message_from_bytes(data, policy=policy.default))
        return "250 OK"


def part(mail: EmailMessage, kind: str) -> str:
    """The text of the "plain" or "html" part."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
