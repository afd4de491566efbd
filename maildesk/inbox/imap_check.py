"""Whether a mailbox can be read as configured: `maildesk check --connect`.

In: settings, and the store where a refresh token may be renewed. Out: one sentence about what was
found. Nothing is changed on the server: the folder is opened read-only, no folder is created.
*Fails:* MailboxError naming the step; ConfigError for a secret that cannot be read.
"""

from __future__ import annotations

from datetime import UTC, datetime

from maildesk.errors import StoreError
from maildesk.inbox.imap_session import Folder, Session
from maildesk.inbox.imap_settings import AFTER_MOVE, AFTER_SEEN, MailboxSettings, Patience
from maildesk.oauth2 import StoredTokens, TokenMemory, TokenSource
from maildesk.store.store import Store


def check(
    settings: MailboxSettings, store: Store | None = None, patience: Patience | None = None
) -> str:
    """Log in, open the folder, look at what the server can do."""
    patience = patience or Patience(connect=10.0, read=20.0)
    session = Session.open(settings, _tokens(settings, store), patience)
    try:
        folder = session.select(readonly=True)
        return f"{settings.name}: {_describe(settings, session, folder)}"
    finally:
        session.close()


def _describe(settings: MailboxSettings, session: Session, folder: Folder) -> str:
    idle = "IDLE" if session.can("IDLE") else f"no IDLE, a poll every {settings.poll_every}"
    parts = [f"{settings.place} holds {folder.exists} messages", idle]
    if settings.after == AFTER_MOVE:
        archive = session.archive_name()
        found = session.has_folder(archive)
        parts.append(f"the folder {archive} {'is there' if found else 'will be made'}")
    gentle = session.can("UIDPLUS") or (settings.after == AFTER_MOVE and session.can("MOVE"))
    if settings.after != AFTER_SEEN and not gentle:
        parts.append("the server has no UIDPLUS: read mail stays there, flagged as deleted")
    return "; ".join(parts)


class _NoMemory:
    """Stands in where there is no store: a token that is renewed must not be lost in silence."""

    def newest(self, configured: str) -> str | None:
        """Nothing is ever kept here."""
        return None

    def keep(self, configured: str, token: str) -> None:
        """Refuse: whoever checks must bring the store."""
        message = "there is no data directory to keep it in"
        raise StoreError(message)


def _tokens(settings: MailboxSettings, store: Store | None) -> TokenSource | None:
    if settings.oauth2 is None:
        return None
    memory: TokenMemory = StoredTokens(store, settings.name) if store else _NoMemory()
    return TokenSource(
        settings.oauth2,
        name=f"mailbox {settings.name}",
        memory=memory,
        now=lambda: datetime.now(UTC),
        alert=lambda title, *lines: None,
    )
