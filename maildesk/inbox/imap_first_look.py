"""What was in a folder before us, as its first look tells.

In: a session, the folder as it was opened, the time. Out: the moment up to which mail was surely
there before the first login, should the server number the folder anew.
*Fails:* MailboxError when the session is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk.inbox.imap_session import Folder, Session

SKEW = timedelta(hours=1)  # between the server's clock and ours


def there_until(session: Session, folder: Folder, now: datetime) -> datetime:
    """Until when mail was there before us.

    By the server's clock where the last message tells it, but never later than now: a date in the
    future would leave mail alone that is still to come.
    """
    last = session.last_uid() if folder.exists else 0
    arrived = [item.arrived for item in session.listing([last]).values()] if last else []
    known = [min(now, moment) for moment in arrived if moment]
    return max([now - SKEW, *known])
