"""Mail: an SMTP server, or, where none is set, a table of captured mails that a page shows."""

from __future__ import annotations

import base64
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid, parseaddr
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from marketplace.db.contacts import CapturedMail
from marketplace.db.session import assert_outside_transaction
from marketplace.domain.doors import Door
from marketplace.toolbox import GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from marketplace.config import Settings
    from marketplace.db.session import Vault
    from marketplace.toolbox import Mail, MailSender

TIMEOUT_S = 10
TRY_AGAIN_CODES = range(400, 500)


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it leaves; a header with a line break in it is refused by the policy."""
    name, address = parseaddr(sender)
    built = EmailMessage(policy=SMTP)
    built["From"] = Address(display_name=name, addr_spec=address)
    built["To"] = Address(display_name=mail.to_name, addr_spec=mail.to_address)
    built["Subject"] = mail.subject
    domain = address.rpartition("@")[2]
    built["Message-ID"] = f"<{mail.key}@{domain}>" if mail.key else make_msgid(domain=domain)
    for header, value in mail.headers:
        built[header] = value
    built.set_content(mail.text)
    built.add_alternative(mail.html, subtype="html")
    for each in mail.attachments:
        main, _, sub = each.media_type.partition("/")
        built.add_attachment(each.content, maintype=main, subtype=sub, filename=each.filename)
    return built


class SmtpSender:
    """Hands mails to the server that ``SMTP_URL`` names (smtp with STARTTLS where offered, or smtps)."""

    def __init__(self, url: str, sender: str) -> None:
        """``url`` is smtp[s]://user:password@host:port."""
        self._address = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Send now; GatewayTrouble if the server is away or asks to try again, GatewayRefusal if it says no."""
        assert_outside_transaction("a mail was sent")
        try:
            self._send(message(mail, self._sender))
        except smtplib.SMTPResponseException as answer:
            if answer.smtp_code in TRY_AGAIN_CODES:
                raise GatewayTrouble(str(answer.smtp_code)) from answer
            raise GatewayRefusal(str(answer.smtp_code), "the mail server refused") from answer
        except smtplib.SMTPRecipientsRefused as answer:
            raise GatewayRefusal("recipient", "the mail server refused the address") from answer
        except (OSError, smtplib.SMTPException) as trouble:
            raise GatewayTrouble(type(trouble).__name__) from trouble

    def _send(self, built: EmailMessage) -> None:
        host = self._address.hostname or "localhost"
        context = ssl.create_default_context()
        if self._address.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._address.port or 465, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(host, self._address.port or 25, timeout=TIMEOUT_S)
        with server:
            if self._address.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if self._address.username:
                server.login(unquote(self._address.username), unquote(self._address.password or ""))
            server.send_message(built)


class CapturingSender:
    """Keeps mails in the database, so that the whole house can be tried without a mail server."""

    def __init__(self, vault: Vault) -> None:
        """Writes as a worker does."""
        self._vault = vault

    def send(self, mail: Mail) -> None:
        """Keep the mail as it would have left."""
        with self._vault.transaction(Door.WORKER) as session:
            session.add(
                CapturedMail(
                    letter_id=mail.letter_id,
                    to_address=mail.to_address,
                    subject=mail.subject,
                    text=mail.text,
                    html=mail.html,
                    attachments=[
                        {
                            "filename": each.filename,
                            "media_type": each.media_type,
                            "content": base64.b64encode(each.content).decode(),
                        }
                        for each in mail.attachments
                    ],
                )
            )


def chosen(settings: Settings, vault: Vault) -> MailSender:
    """SMTP where ``SMTP_URL`` names a server, else the page of captured mails."""
    if settings.smtp_url and not settings.smtp_url.startswith("capture:"):
        return SmtpSender(settings.smtp_url, settings.mail_from)
    return CapturingSender(vault)
