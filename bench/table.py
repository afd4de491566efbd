"""Figures as people read them: each with what is wanted, where something is.

In: the figures. Out: text. *Fails:* never; what was not measured is not shown.
"""

from __future__ import annotations

from typing import Any

# What issue and README promise: (path, words, unit, comparison, bound).
WANTED = (
    (("start", "old_directory_s"), "start to ready", "s", "<", 1.5),
    (("start", "new_directory_s"), "first start to ready", "s", "<", 1.5),
    (("idle", "cpu_percent_of_a_core"), "idle, of a core", "%", "<", 1.0),
    (("idle", "rss_mib_after_work"), "idle, all processes", "MiB", "<", 120),
    (("render", "slowest_event_cpu_ms"), "a rendered mail", "ms", "<", 5.0),
    (("asking", "slowest_command_ms"), "command mail to transcript", "ms", "<", 1000),
    (("asking", "slowest_search_ms"), "search", "ms", "<", 200),
    (("asking", "slowest_listed_search_ms"), "maildesk search --limit 20", "ms", "<", 200),
    (("flow", "tickets_per_s"), "mail to ticket with its mails", "/s", ">", 150),
    (("flow", "rss_mib_peak"), "memory at its highest", "MiB", "<", 250),
)


def show(figures: dict[str, Any]) -> str:
    """The whole report."""
    machine = figures["machine"]
    lines = ["  ".join(f"{name} {value}" for name, value in machine.items()), ""]
    lines += [line for wanted in WANTED if (line := _promise(figures, *wanted))]
    lines += ["", *_acks(figures.get("acks", []))]
    for name in ("commands", "render", "start", "idle", "floor", "outbox", "asking", "flow"):
        if name in figures:
            lines += ["", name, *_plain(figures[name], "  ")]
    return "\n".join(lines)


def _promise(
    figures: dict[str, Any], path: tuple[str, str], words: str, unit: str, than: str, bound: float
) -> str:
    if path[0] not in figures:
        return ""
    value = float(figures[path[0]][path[1]])
    is_kept = value < bound if than == "<" else value > bound
    mark = "ok" if is_kept else "MISSED"
    return f"{words:32} {value:9.2f} {unit:4} wanted {than} {bound:g}  {mark}"


def _acks(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    head = (
        f"{'durable 250':14} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7} {'CPU ms':>7}"
        f" {'finished':>9} {'bare':>7} {'+commit':>8} {'ratio':>6}"
    )
    return [head, *(_ack(row) for row in rows)]


def _ack(row: dict[str, Any]) -> str:
    return (
        f"{row['size']:>5} x {row['clients']:<6} {row['per_s']:7.0f} {row['p50_ms']:7.1f}"
        f" {row['p99_ms']:7.1f} {row['daemon_cpu_ms_per_mail']:7.2f} {row['finished_meanwhile']:9}"
        f" {row['bare_forget_per_s']:7.0f} {row['bare_commit_per_s']:8.0f}"
        f" {row['ratio_to_bare_commit']:6.2f}"
    )


def _plain(value: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            lines += [f"{indent}{name}", *_plain(inner, indent + "  ")]
        else:
            lines.append(f"{indent}{name:34} {inner:10.2f}")
    return lines
