"""What it costs to render a mail: subject, text and HTML, from the row's snapshot.

In: how often each sample is rendered. Out: milliseconds of processor time over all events and
languages: the median, the slowest of a hundred, the median of the slowest event, and what the first
mail costs, which compiles its layouts.

*Fails:* TemplateError when a layout of ours does not render.
"""

from __future__ import annotations

import statistics
import time

from maildesk.outbox.render import Renderer
from maildesk.outbox.review import languages
from maildesk.outbox.samples import EVENTS, sample
from maildesk.outbox.templates_dir import template_directories


def render(times: int) -> dict[str, float]:
    """Every event in every language, in turn."""
    directories = template_directories()
    began = time.thread_time()
    renderer = Renderer(directories)
    renderer.render("comment.public", "en", sample("comment.public"))
    first = time.thread_time() - began
    found: dict[str, list[float]] = {event: [] for event in EVENTS}
    for number in range(times + 1):
        for language in languages(directories):
            for event in EVENTS:
                values = sample(event)
                began = time.thread_time()
                renderer.render(event, language, values)
                if number:  # the first compiles
                    found[event].append((time.thread_time() - began) * 1000)
    everything = sorted(one for each in found.values() for one in each)
    return {
        "median_cpu_ms": statistics.median(everything),
        "p99_cpu_ms": everything[len(everything) * 99 // 100],
        "slowest_event_cpu_ms": max(statistics.median(each) for each in found.values()),
        "first_mail_cpu_ms": first * 1000,
    }
