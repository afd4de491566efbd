"""The ways in: SMTP and LMTP, IMAP, a pipe, an import. All of them end at `receive.Door`."""
