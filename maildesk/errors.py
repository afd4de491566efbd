"""Everything that can prevent a decision, as one tree.

    MaildeskError
    ├─ ConfigError            the configuration: every fault at once; exit 2 (78 for run, deliver)
    ├─ UsageError             a command line that cannot be carried out; exit 2
    ├─ Unfinished             a command did what it could, and that was not all; exit 1
    ├─ NoWorkingTime          a calendar without working hours; `check` refuses it beforehand
    ├─ NotFound               no such ticket, inbox or outbox row; exit 1
    ├─ PlaceTaken             a listener's address cannot be had; exit 1
    ├─ RefusedSender          the desk turns this sender away; 77, 550
    ├─ UnusableMessage        the sender's bytes: empty, or larger than allowed; 65, 552
    ├─ UnparseableMessage     not even the header could be read in the limits; row `failed`
    ├─ ParserDown             no worker process: says nothing about any message; try later
    ├─ StoreError             our side: 451, 75; the mail stays where it was
    │  ├─ StoreBusy           somebody else holds the lock, or too much waits; 452, 75
    │  └─ SchemaMismatch      the file is newer than the program; exit 78 for run
    ├─ TemplateError          our side: that mail is `dead`, with its cause, until `outbox retry`
    ├─ MailboxError           IMAP connection, login or protocol; back off and reconnect
    │  └─ LoginRefused        the server or the provider said no to us; back off for long
    └─ DeliveryError          the relay's answer, its code kept
       ├─ TemporaryDelivery   core.retry says when to try again
       ├─ PermanentDelivery   the row is `dead`; agents are told, never the failing address
       └─ RelayDown           nobody answered: costs the row no attempt
          └─ RelayRefused     the login was judged and refused; back off for long

Rejecting, ignoring, holding and duplicates are outcomes of a decision, never exceptions. Whatever
is not in this tree is a bug; the loops catch it at their boundary, keep the mail and go on.
"""


class MaildeskError(Exception):
    """The root: `str()` is one sentence for the person who reads the log or the terminal."""


class ConfigError(MaildeskError):
    """The configuration cannot be used; `faults` holds one line for each thing to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UsageError(MaildeskError):
    """What was asked on the command line cannot be done as asked."""


class Unfinished(MaildeskError):
    """A part of what was asked could not be done; says which, and what was."""


class NoWorkingTime(MaildeskError):
    """A calendar never reaches the moment that is asked for."""


class NotFound(MaildeskError):
    """The key or id names nothing."""


class PlaceTaken(MaildeskError):
    """The address or socket that a listener is to use cannot be had."""


class RefusedSender(MaildeskError):
    """The desk takes mail from its customers only: a fact about the mail."""


class UnusableMessage(MaildeskError):
    """The message is empty or larger than this desk takes: a fact about the mail."""


class UnparseableMessage(MaildeskError):
    """The bytes could not be read within the limits of time, memory and structure."""


class ParserDown(MaildeskError):
    """No worker process could be started or kept; whatever waited for one is not to blame."""


class StoreError(MaildeskError):
    """The store could not do its work: full, locked, unwritable, broken."""


class StoreBusy(StoreError):
    """The store is well, but others are before us; trying again helps."""


class SchemaMismatch(StoreError):
    """The database was written by a newer maildesk than this one."""


class TemplateError(MaildeskError):
    """A template does not render; names template and line."""


class MailboxError(MaildeskError):
    """An IMAP session cannot go on; the next one may."""


class LoginRefused(MailboxError):
    """The password or token was judged and is no good: asking often may lock the account."""


class DeliveryError(MaildeskError):
    """The relay did not take a mail; `str()` keeps its code and words."""


class TemporaryDelivery(DeliveryError):
    """A 4xx, or a session that broke: try the same mail again later."""


class PermanentDelivery(DeliveryError):
    """A 5xx about this mail or this recipient: trying again cannot help."""


class RelayDown(DeliveryError):
    """No session could be had (refused, name, TLS, AUTH): the mail itself was never judged."""


class RelayRefused(RelayDown):
    """The password or token for the relay is no good: asking often may lock the account."""
