"""Questions asked for every message are answered by an index, whatever is stored."""

from __future__ import annotations

import sqlite3

import pytest

from maildesk.store.store import Store

QUEUE = """SELECT t.key FROM tickets t WHERE t.is_open = 1
       AND t.desk IN (SELECT value FROM json_each('["HELP"]'))
       ORDER BY t.priority, t.created_at, t.id LIMIT 20"""
QUESTIONS = [
    "SELECT id FROM inbox WHERE state = 'pending' ORDER BY received_at, id LIMIT 9",
    "SELECT inbox_id, words FROM fingerprints WHERE fingerprint = 'x' ORDER BY inbox_id LIMIT 9",
    "SELECT id FROM tickets WHERE key = 'HELP-1'",
    "SELECT ticket_id FROM message_ids WHERE message_id = 'x' ORDER BY ticket_id",
    "SELECT mac FROM spent_ids WHERE mac = 'x'",
    "SELECT count(*) FROM outbox WHERE counted_as = 'x' AND created_at > 'y'",
    "SELECT count(*) FROM tickets WHERE requester_email = 'x' AND created_at > 'y'",
    "SELECT email FROM participants WHERE ticket_id = 1",
    "SELECT sent, got, is_loose FROM last_mail WHERE ticket_id = 1 AND email = 'x'",
    "SELECT min(due_at) FROM outbox WHERE state IN ('queued', 'deferred')",
    "SELECT * FROM comments WHERE ticket_id = 1 ORDER BY at",
    "SELECT text FROM comments WHERE agent = 'x' AND ticket_id <> 1 ORDER BY id DESC LIMIT 9",
    "SELECT * FROM outbox WHERE ticket_id = 1 AND recipient = 'x' ORDER BY id DESC LIMIT 9",
    "SELECT target FROM links WHERE ticket_id = 1 AND kind = 'related'",
    "SELECT reason, count(*), min(processed_at) FROM inbox WHERE untold = 1 GROUP BY reason",
    "SELECT ticket_id FROM key_aliases WHERE key = 'HELP-1'",
    "SELECT id FROM tickets WHERE continues = 1 ORDER BY id DESC LIMIT 1",
    "SELECT count(*) FROM events WHERE ticket_id = 1 AND kind = 'reopened' AND at > 'y'",
    """SELECT 1 FROM participants p JOIN tickets t ON t.id = p.ticket_id
       WHERE p.email = 'x' AND t.desk <> 'HELP' LIMIT 1""",
    "SELECT 1 FROM blocked_senders WHERE address = 'x'",
    "SELECT * FROM estimates WHERE ticket_id = 1 ORDER BY number",
    "SELECT coalesce(sum(minutes), 0) FROM time_entries WHERE ticket_id = 1",
    "SELECT name, value FROM ticket_fields WHERE ticket_id = 1 ORDER BY name",
    "SELECT min(received_at) FROM inbox WHERE state = 'pending'",
    "SELECT state, count(*) FROM inbox WHERE state IN ('pending', 'held', 'failed') GROUP BY state",
    QUEUE,
    """SELECT t.key FROM tickets t WHERE t.is_open = 1 AND t.owner = 'x'
       ORDER BY t.priority, t.created_at, t.id LIMIT 20""",
    """SELECT t.key FROM tickets t WHERE t.is_open = 1 AND t.owner IS NULL
       AND t.desk IN (SELECT value FROM json_each('["HELP"]')) AND t.created_at < 'y'
       AND t.status NOT IN (SELECT value FROM json_each('[]'))
       ORDER BY t.priority, t.created_at, t.id LIMIT 20""",
    """SELECT count(*) FROM participants p JOIN tickets t ON t.id = p.ticket_id
       WHERE p.email = 'x' AND p.role <> 'agent' AND t.is_open = 1""",
    """SELECT t.key FROM comment_search s JOIN comments c ON c.id = s.rowid
       JOIN tickets t ON t.id = c.ticket_id
       WHERE s.comment_search MATCH 'x' ORDER BY s.rowid DESC LIMIT 9""",
    "SELECT 1 FROM may_read WHERE ticket_id = 1 AND email = 'x' AND origin = 2",
    "SELECT * FROM undoable WHERE ticket_id = 1 AND agent = 'x' ORDER BY id DESC LIMIT 1",
    "SELECT id FROM tickets WHERE merged_into = 1",
    "SELECT id FROM undoable WHERE source IS NULL AND at < 'y'",
    "SELECT min(created_at) FROM outbox WHERE cause >= 'inbox:1:' AND cause < 'inbox:1;'",
    """SELECT c.id FROM comments c JOIN outbox o ON o.comment_id = c.id
       WHERE c.inbox_id = 1 AND c.visibility = 'public'""",
    "SELECT name, value FROM meta WHERE name >= 'digest:' AND name < 'digest;'",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_the_hot_path_reads_a_whole_table(store: Store, question: str) -> None:
    with store.read() as conn:
        rows = conn.execute(f"EXPLAIN QUERY PLAN {question}")
        # What begins a list reads nothing; the steps below it do.
        plan = [row["detail"] for row in rows if not row["detail"].startswith("LIST SUBQUERY")]
    probes = ("INDEX", "USING PRIMARY KEY", "(rowid=?)")
    assert all(any(probe in step for probe in probes) for step in plan), plan
    # A range over the row id from its start is a whole table in disguise.
    assert not any("INTEGER PRIMARY KEY (rowid>" in step for step in plan), plan


def test_the_queue_is_read_in_its_order_as_far_as_it_is_shown(store: Store) -> None:
    with store.read() as conn:
        rows = conn.execute(f"EXPLAIN QUERY PLAN {QUEUE}")
        assert any("tickets_queue" in row["detail"] for row in rows)


def test_the_claim_of_due_mail_reads_only_what_waits(store: Store) -> None:
    def ask(tx: sqlite3.Connection) -> list[str]:
        rows = tx.execute(
            """EXPLAIN QUERY PLAN UPDATE outbox SET state = 'sending' WHERE id IN
               (SELECT id FROM outbox WHERE state IN ('queued', 'deferred') AND due_at <= 'x'
                ORDER BY due_at, id LIMIT 9)"""
        )
        return [row["detail"] for row in rows]

    plan = store.write(ask)
    assert any("outbox_due" in step for step in plan), plan
    assert not any(step.startswith("SCAN") and "INDEX" not in step for step in plan), plan
