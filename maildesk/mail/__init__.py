"""Bytes to values and back: the only room that knows MIME, mail-parser, HTML and quoting.

In: raw messages; typed outgoing mail. Out: `core.model.InboundMessage`; bytes to be sent.
*Fails:* UnparseableMessage, for bytes that cannot be read within the limits.
"""
