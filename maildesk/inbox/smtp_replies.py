"""Every word the listener says, as one table.

In: nothing. Out: replies of one line each, all ASCII and, but for 220 and 354, with the enhanced
status code of RFC 3463. No text here or anywhere behind it holds what a client or an exception
said: a reply is a constant, or a constant with a number or a sentence of our own.
*Fails:* never.

The permanent answers (5xx) are a closed list of facts about the command or the mail. Whatever is
wrong with us is 4xx, and each close by us is told with 421 first (RFC 5321 §3.8).
"""

from __future__ import annotations

import re
from enum import StrEnum


class Reply(StrEnum):
    """What is said, by what happened."""

    # 2xx and 3xx
    READY_FOR_TLS = "220 2.0.0 Ready to start TLS"
    BYE = "221 2.0.0 Bye"
    AUTHENTICATED = "235 2.7.0 Authentication successful"
    OK = "250 2.0.0 OK"
    SENDER_OK = "250 2.1.0 Sender OK"
    RECIPIENT_OK = "250 2.1.5 Recipient OK"
    CANNOT_VERIFY = "252 2.5.2 Cannot VRFY; send the mail and see"
    GO_ON = "354 End data with <CR><LF>.<CR><LF>"
    HELP = "214 2.0.0 Mail to this host becomes tickets; see RFC 5321"
    # 421: said before each close that we begin
    IDLE = "421 4.4.2 Waited too long for you; closing"
    DATA_TOO_SLOW = "421 4.4.2 The mail took too long; closing"
    SHUTTING_DOWN = "421 4.3.2 Shutting down; try again later"
    FAULT = "421 4.3.0 Temporary failure; closing"
    FLOOD = "421 4.3.4 Far more than fits; closing"
    LONG_SESSION = "421 4.7.0 This session is too long; open a new one"
    SESSIONS = "421 4.7.0 Too many sessions; try again later"
    SESSIONS_OF_PEER = "421 4.7.0 Too many sessions from your address; try again later"
    ERRORS = "421 4.7.0 Too many errors; closing"
    IDLE_COMMANDS = "421 4.7.0 Too many commands that move no mail; closing"
    UNKNOWN_RECIPIENTS = "421 4.7.0 Too many unknown recipients; closing"
    MAILS = "421 4.7.0 Enough mails for one session; open a new one"
    AUTH_TRIES = "421 4.7.0 Too many failed logins; closing"
    # 4xx: ours, or later
    TEMPORARY = "451 4.3.0 Temporary failure; try again later"
    BUSY = "452 4.3.1 Too much mail at once; try again later"
    RECIPIENTS = "452 4.5.3 Too many recipients; send these in another mail"
    NO_PASSWORDS = "454 4.7.0 Temporary authentication failure"
    # 5xx: facts about the command
    UNKNOWN_COMMAND = "500 5.5.1 Command not recognized"
    BAD_SYNTAX = "500 5.5.2 Syntax error"
    LONG_LINE = "500 5.5.6 Line too long"
    BAD_ARGUMENT = "501 5.5.4 Syntax error in the argument"
    BAD_BASE64 = "501 5.5.2 Cannot decode base64"
    BAD_SENDER = "501 5.1.7 Syntax: MAIL FROM:<address>"
    BAD_RECIPIENT = "501 5.1.3 Syntax: RCPT TO:<address>"
    AUTH_CANCELLED = "501 5.7.0 Authentication cancelled"
    NOT_IMPLEMENTED = "502 5.5.1 Command not implemented"
    GREET_FIRST = "503 5.5.1 Send EHLO first"
    GREET_FIRST_LMTP = "503 5.5.1 Send LHLO first"
    SENDER_FIRST = "503 5.5.1 Send MAIL first"
    SENDER_TWICE = "503 5.5.1 Sender already given"
    RECIPIENT_FIRST = "503 5.5.1 No valid recipients"
    TLS_TWICE = "503 5.5.1 TLS is on already"
    AUTH_NOT_NOW = "503 5.5.1 AUTH not permitted now"
    UNKNOWN_MECHANISM = "504 5.5.4 Authentication mechanism not supported"
    BAD_CREDENTIALS = "535 5.7.8 Authentication credentials invalid"
    TLS_FIRST = "538 5.7.11 Encryption required for authentication; send STARTTLS first"
    BAD_UTF8 = "553 5.6.7 Address is not valid UTF-8"
    UNKNOWN_PARAMETER = "555 5.5.4 Parameter not recognized"
    # 5xx: facts about the mail
    UNKNOWN_RECIPIENT = "550 5.1.1 No such recipient here"
    TOO_BIG = "552 5.3.4 Message larger than this host takes"
    LOOP = "554 5.4.6 Too many hops; this mail is going round in circles"
    UNUSABLE = "554 5.6.0 The message is empty"


def stored(inbox_id: int) -> str:
    """The acknowledgement: from here on the mail is ours to lose."""
    return f"250 2.0.0 Stored as {inbox_id}"


def refused(sentence: str) -> str:
    """A refusal by this desk's policy, on one line of plain ASCII."""
    return "550 5.7.1 " + re.sub(r"[^ -~]+", " ", sentence)[:400]
