"""Notices as mails, in Django's memory and through a real mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from exportsite.jobs import notices
from exportsite.jobs.notices import NotDelivered, Notice, Refused, deliver, one_line
from tests.conftest import free_port
from tests.mailbox import Mailbox, part

NAUGHTY = [
    "Tickets\r\nBcc: everybody@example.org",
    "tab\there, vertical\vtab, NUL\x00, escape\x1b[31m",
    "next\x85line, line\u2028separator, paragraph\u2029separator",
    "Ω≈ç√∫ 田中さん 👩\u200d🔧 \u202egnp.exe",
    "<script>alert(1)</script> {{ 7|add:7 }} {% now 'Y' %}",
    "'; DROP TABLE exports_export; --",
    "half a character \ud83d",
    "x" * 5000,
    "",
]


def notice(**fields: str) -> Notice:
    usual = {
        "recipient": "ana@example.org",
        "subject": "Ready: Tickets",
        "text": "It is ready.",
        "html": "<p>It is ready.</p>",
        "message_id": "<export.1@example.org>",
    }
    return Notice(**{**usual, **fields})


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with Mailbox(settings.EMAIL_PORT) as box:
        yield box


def test_a_notice_arrives_as_text_and_html(mailbox: Mailbox, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Exports <exports@example.org>"
    deliver(notice())
    (arrived,) = mailbox.mails
    assert arrived["Subject"] == "Ready: Tickets"
    assert (arrived["To"], arrived["From"]) == ("ana@example.org", settings.DEFAULT_FROM_EMAIL)
    assert arrived["Message-ID"] == "<export.1@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert part(arrived, "plain").strip() == "It is ready."
    assert part(arrived, "html").strip() == "<p>It is ready.</p>"


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_no_subject_keeps_a_mail_from_being_sent(mailbox: Mailbox, text: str) -> None:
    deliver(notice(subject=text))
    (arrived,) = mailbox.mails
    assert arrived["Subject"].strip() == notices.shorten(one_line(text))
    assert arrived["Bcc"] is None
    assert arrived["To"] == "ana@example.org"


def test_a_long_line_of_text_arrives_whole(mailbox: Mailbox) -> None:
    deliver(notice(text="é" * 3000))
    assert part(mailbox.mails[0], "plain").strip() == "é" * 3000


@pytest.mark.parametrize("recipient", ["a@example.org\nBcc: b@example.org", "a\r\n@example.org"])
def test_an_address_with_a_line_break_is_refused(recipient: str) -> None:
    with pytest.raises(Refused):
        deliver(notice(recipient=recipient))
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_tried_again(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(NotDelivered):
        deliver(notice())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("550 No such person", Refused), ("450 Come back later", NotDelivered)],
)
def test_the_mail_server_says_whether_to_come_again(
    mailbox: Mailbox, answer: str, outcome: type[Exception]
) -> None:
    mailbox.answers = [answer]
    with pytest.raises(outcome):
        deliver(notice())
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPDataError(554, b"Spam"), Refused),
        (smtplib.SMTPDataError(452, b"Full"), NotDelivered),
        (smtplib.SMTPAuthenticationError(535, b"Wrong password"), NotDelivered),
        (smtplib.SMTPServerDisconnected("gone"), NotDelivered),
        (TimeoutError("slow"), NotDelivered),
        (ssl.SSLCertVerificationError("another's certificate"), NotDelivered),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), Refused),
    ],
    ids=repr,
)
def test_what_may_pass_is_told_from_what_will_not(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: type[Exception]
) -> None:
    def fail(_mail: Any) -> None:
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    with pytest.raises(outcome):
        deliver(notice())


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("exports@localhost", "localhost"),
        ("Exports <exports@example.org>", "example.org"),
        ("", "localhost"),
    ],
)
def test_a_message_id_has_the_domain_of_the_sender(settings: Any, sender: str, domain: str) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert notices.make_message_id("export.1") == f"<export.1@{domain}>"
