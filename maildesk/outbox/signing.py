"""DKIM signatures on outgoing mail (RFC 6376), for relays that do not sign themselves.

In: the bytes of a finished mail, the configured domain, selector and key. Out: the same bytes with
a DKIM-Signature in front. From is signed twice over, so that nobody can add a second one; the
fields that threads and robots go by are signed, too.
*Fails:* ConfigError when the library (`pip install 'maildesk[dkim]'`) or the key is missing or
unusable.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from maildesk.config.wires import Dkim
from maildesk.errors import ConfigError

_FIELDS = (
    "From",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)


def signer(configured: Dkim | None) -> Callable[[bytes], bytes]:
    """What signs each mail; without a configuration, mail is left as it is."""
    if configured is None:
        return lambda mail: mail
    try:
        dkim = importlib.import_module("dkim")
        key = configured.key_file.read_bytes()
    except ImportError as error:
        fault = "outgoing.dkim needs dkimpy: pip install 'maildesk[dkim]'"
        raise ConfigError((fault,)) from error
    except OSError as error:
        fault = f"outgoing.dkim.key_file: {configured.key_file} cannot be read: {error.strerror}"
        raise ConfigError((fault,)) from error

    def sign(mail: bytes) -> bytes:
        try:
            signature: bytes = dkim.sign(
                mail,
                configured.selector.encode(),
                configured.domain.encode(),
                key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=[name.lower().encode() for name in _FIELDS],
            )
        except (dkim.DKIMException, ValueError) as error:
            fault = f"outgoing.dkim.key_file: {configured.key_file} cannot sign: {error}"
            raise ConfigError((fault,)) from error
        return signature + mail

    # A key that cannot sign is found at the start, not at the first customer's mail.
    sign(b"From: a@example.com\r\n\r\n\r\n")
    return sign
