"""The only place that sends mail. It knows no engine: who is told what, and when, is theirs."""

import re
import smtplib
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

SUBJECT_LENGTH = 150
# Cc: control characters, CR and LF among them. Cs: halves of characters, which no mail can carry.
UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
# No answer is wanted, neither by robots (RFC 3834) nor by Exchange's out-of-office.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One mail to one person."""

    recipient: str
    subject: str  # any text; what a header cannot carry is left out
    text: str
    html: str
    message_id: str  # the same whenever this mail is sent again, so that a repeat is recognised


class NotDelivered(Exception):
    """The mail server could not be reached or would not take it now. Try again later."""


class Refused(Exception):
    """This mail or its address was refused for good. Trying again is of no use."""


def deliver(notice: Notice) -> None:
    """Hand the mail to the mail server. Raises NotDelivered or Refused."""
    mail = EmailMultiAlternatives(
        subject=shorten(one_line(notice.subject)),
        body=notice.text,
        to=[notice.recipient],
        headers={"Message-ID": notice.message_id, **HEADERS},
    )
    mail.attach_alternative(notice.html, "text/html")
    try:
        mail.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise (Refused if _is_for_good(error) else NotDelivered)(str(error)) from error
    except OSError as error:  # SMTPException is one, and so is a bad certificate, a ValueError too
        raise NotDelivered(str(error)) from error
    except ValueError as error:  # BadHeaderError, for one
        raise Refused(str(error)) from error


def address_of(user: Any) -> str:
    """Where mails to this person go; "" when nobody knows."""
    return str(getattr(user, user.get_email_field_name(), None) or "")


def make_message_id(name: str) -> str:
    """The Message-ID of the mail that an engine calls so."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{name}@{domain or 'localhost'}>"


def one_line(text: str) -> str:
    """Text without line breaks and other characters that end a header or confuse a terminal."""
    shown = "".join(" " if unicodedata.category(c) in UNPRINTABLE else c for c in text)
    return re.sub(r"\s+", " ", shown).strip()


def shorten(text: str) -> str:
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1] + "…"


def _is_for_good(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    """Codes from 500 on are final, those below may pass (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _text in error.recipients.values())
