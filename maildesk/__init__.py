"""maildesk: a ticket desk that lives in e-mail.

One message's path, top to bottom, is the tour of this package:

    inbox/      receive it, make it durable, then say "250"
    process.py  the one door: parse, gather, decide, record
    core/       what the message means to a desk; pure, no I/O, no clock
    store/      the one SQLite file; the only SQL
    outbox/     render, send, retry what the decision wants said
    sweeps.py   the same path, started by the clock instead of a message
    daemon.py   starts and stops all of it; cli/ is the way in for people

Standard library only: `maildesk.bootstrap` imports this module before anything is installed.
"""

__version__ = "0.1.0"
