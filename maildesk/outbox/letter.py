"""A claimed row becomes the bytes of its mail: comment, files, template, headers.

In: a claim. Out: bytes, the same at every attempt. The comment's files are taken out of the raw
message by the worker that also parsed it; what is larger than `attach_up_to` is named, not sent.
*Fails:* TemplateError; MaildeskError for values that cannot stand in a header; UnparseableMessage
when the files cannot be taken out again; StoreError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from maildesk import log
from maildesk.core.model import Attachment, Event, Mailbox, Policy
from maildesk.mail.render_text import render
from maildesk.mail.worker import ParserPool
from maildesk.mail.writer import OutgoingAttachment, OutgoingMail, write
from maildesk.outbox.render import Rendered, Renderer
from maildesk.outbox.unreadable import in_words
from maildesk.store.letters import StoredComment, read_comment
from maildesk.store.outbox import Claim, OutboxItem
from maildesk.store.store import Store

_WORDS = re.compile(r"\w+")

# Who is told that a message has arrived, or that one came back, has its files; sending them back
# would also let anybody have large mail sent to an address that is not theirs.
_WITHOUT_FILES = (Event.TICKET_RECEIVED, Event.DELIVERY_FAILED)
# An answer to commands is about the mail that held them, and does not bring it back.
_WITHOUT_COMMENT = (Event.COMMAND_DONE, Event.COMMAND_FAILED)


class LetterWriter:
    """Writes mails from rows; `report` hears of each template of the admin's that was no good."""

    def __init__(
        self,
        store: Store,
        renderer: Renderer,
        parser: ParserPool,
        *,
        policy: Callable[[], Policy],
        sign: Callable[[bytes], bytes] = bytes,
        report: Callable[[OutboxItem, str], None] = lambda item, fault: None,
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._parser = parser
        self._policy = policy
        self._sign = sign
        self._report = report

    def write(self, claim: Claim) -> bytes:
        """The bytes of one mail."""
        item = claim.item
        comments = self._comments(item)
        files = self._files_of(item, comments)
        values = _values(item, comments, files)
        rendered = self._renderer.render(item.event, item.language, values)
        for fault in rendered.faults:
            log.error("template-fault", template=item.event, fault=fault)
            self._report(item, fault)
        mail = write(
            OutgoingMail(
                from_name=item.from_name,
                from_address=item.from_address,
                to=Mailbox(email=item.recipient, name=item.recipient_name),
                reply_to=item.reply_to,
                subject=rendered.subject,
                message_id=item.message_id,
                date=item.created_at,
                in_reply_to=item.in_reply_to,
                references=item.thread,
                auto_submitted=item.auto_submitted,
                ticket=_ticket_key(values),
                event=item.event,
                reason=str(values.get("reason", "")),
                unsubscribe=str(values.get("unsubscribe", "")),
                text=rendered.text,
                html=rendered.html,
                attachments=self._contents(comments, files),
            )
        )
        return self._sign(mail)

    def rendered(self, item: OutboxItem, *, with_words: bool = True) -> Rendered:
        """The texts of a mail again, as they were sent, or what stands around its words."""
        comments = self._comments(item)
        if not with_words:
            comments = tuple(replace(comment, text="", html=None) for comment in comments)
        values = _values(item, comments, self._files_of(item, comments))
        return self._renderer.render(item.event, item.language, values)

    def _files_of(
        self, item: OutboxItem, comments: tuple[StoredComment, ...]
    ) -> tuple[Attachment, ...]:
        return () if item.event in _WITHOUT_FILES else self._sent_files(comments)

    def _comments(self, item: OutboxItem) -> tuple[StoredComment, ...]:
        """The words that the mail brings: one comment, or all of one batch."""
        if item.comment_id is None or item.event in _WITHOUT_COMMENT:
            return ()
        snapshot = json.loads(item.snapshot)
        ids = snapshot.get("comment_ids", [item.comment_id])
        with self._store.read() as conn:
            found = tuple(read_comment(conn, comment_id) for comment_id in ids)
        readable = found if _is_staffs(snapshot) else tuple(c for c in found if not c.is_internal)
        if readable != found:
            # Whoever queued it was wrong; a note reaches no customer for that.
            log.error("note-left-out", message_id=item.message_id, template=item.event)
        return readable

    def _sent_files(self, comments: tuple[StoredComment, ...]) -> tuple[Attachment, ...]:
        """The files that travel: in order, each within what is left of the allowance."""
        left = self._policy().attach_up_to
        sent = []
        for file in (file for comment in comments for file in comment.attachments):
            if file.size <= left:
                sent.append(file)
                left -= file.size
        return tuple(sent)

    def _contents(
        self, comments: tuple[StoredComment, ...], files: tuple[Attachment, ...]
    ) -> tuple[OutgoingAttachment, ...]:
        return tuple(content for comment in comments for content in self._taken(comment, files))

    def _taken(
        self, comment: StoredComment, files: tuple[Attachment, ...]
    ) -> Iterator[OutgoingAttachment]:
        """Those of the files that are this comment's, out of the mail that brought it."""
        own = tuple(file for file in comment.attachments if any(file is f for f in files))
        if comment.inbox_id is None or not own:
            return
        with self._store.read() as conn:
            raw = self._store.raw.read(conn, comment.inbox_id)
        contents = self._parser.extract(raw, tuple(f.part for f in own)).result()
        for file, content in zip(own, contents, strict=True):
            yield OutgoingAttachment(name=file.name, type=file.type, content=content)


def _says_no_more(comment: StoredComment) -> bool:
    """Whether the HTML holds the words of the text and no others.

    The text ends before quotes and signature; the HTML may still quote a mail that was meant for
    agents alone, and must not carry it to a customer.
    """
    if comment.html is None:
        return False
    return _WORDS.findall(render(comment.html)) == _WORDS.findall(comment.text)


def _values(
    item: OutboxItem, comments: tuple[StoredComment, ...], files: tuple[Attachment, ...]
) -> dict[str, object]:
    """What the template gets: the snapshot, and the comments, which never change."""
    values: dict[str, object] = json.loads(item.snapshot)
    facts = [_facts(comment, files, item.language) for comment in comments]
    if len(facts) > 1:
        values["comments"] = facts
    elif facts:
        values["comment"] = facts[0]
    return values


def _is_staffs(snapshot: dict[str, Any]) -> bool:
    """Whether an agent or an admin reads the mail."""
    return snapshot["recipient"].get("role") in ("agent", "admin")


def _ticket_key(values: dict[str, object]) -> str:
    ticket = values.get("ticket")
    return str(ticket["key"]) if isinstance(ticket, dict) else ""


def _facts(
    comment: StoredComment, sent: tuple[Attachment, ...], language: str
) -> dict[str, object]:
    return {
        "author": {"name": comment.author.name, "email": comment.author.email},
        "author_is_agent": comment.is_by_agent,
        "at": comment.at.isoformat(),
        "text": in_words(comment.text, language),
        "html": comment.html if _says_no_more(comment) else None,
        "attachments": [
            {"name": f.name, "type": f.type, "size": f.size, "sent": f in sent}
            for f in comment.attachments
        ],
    }
