"""The way out by e-mail. Which failures are certain, and which leave it open whether the mail was sent."""

import smtplib
from email.utils import formatdate

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from core.outbox import GiveUp


class NotSent(Exception):
    """The mail was certainly not sent; another try may do."""


def is_on() -> bool:
    """Whether this portal sends e-mail at all: production without EMAIL_URL does not."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"


def send(*, to: str, subject: str, body: str, message_id: str) -> None:
    """Send one mail. Raises NotSent, and GiveUp for an address that is refused for good or an end that nobody knows.

    Once its text is on the way, a broken connection may mean sent or not; a second try could be a second mail.
    """
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated", "Date": formatdate()}
    mail = EmailMessage(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"The mail server does not take mail: {error}") from error
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        _refused(max(code for code, _text in error.recipients.values()), error)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error)
    except (OSError, smtplib.SMTPException) as error:
        raise GiveUp(f"The connection broke; whether the mail was sent is not known: {error}") from error
    finally:
        connection.close()


def _refused(code: int, error: Exception) -> None:
    """4xx asks us to come back later, 5xx not to."""
    if 400 <= code < 500:
        raise NotSent(str(error)) from error
    raise GiveUp(f"The mail server refused it for good: {error}") from error
