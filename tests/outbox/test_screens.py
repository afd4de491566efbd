"""Every mail's HTML in a real browser: on a telephone and a desktop, by day and by night.

In: every sample, and some of long words, each in a frame as wide as a screen; the samples in every
language on a telephone by day. Out: what is wider than its frame, and text that stands out too
little from what is behind it.
*Fails:* as every test does.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest

from maildesk.outbox.render import Renderer
from maildesk.outbox.samples import EVENTS, SUBJECT_LINE, TICKET, action, comment, sample
from maildesk.outbox.templates_dir import shipped_templates, template_directories
from tests import parts

pytestmark = [parts.need("chromium"), pytest.mark.slow]
LANGUAGES = sorted(p.parent.name for p in shipped_templates().glob("*/words.toml"))
RENDERER = Renderer(template_directories())
PHONE, DESKTOP = 360, 680
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
LONG = "Supercalifragilistic" * 8
# Without the background ones Chromium asks for updates and hosts of its own.
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SCRIPT = """
const light = c => { const [r, g, b] = c.map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parts = c => c.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) {
    const c = parts(e.ownerDocument.defaultView.getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
const contrast = e => { const one = light(parts(
    e.ownerDocument.defaultView.getComputedStyle(e).color).slice(0, 3)), two = light(behind(e));
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05); };
addEventListener('load', () => {
  const found = [];
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument;
    const wide = page.documentElement.scrollWidth;
    if (wide > frame.width) found.push(`${frame.title}: ${wide} px wide`);
    for (const e of page.body.querySelectorAll('*')) {
      const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
      const shown = page.defaultView.getComputedStyle(e).display !== 'none';
      if (own && shown && e.offsetParent && contrast(e) < ENOUGH)
        found.push(`${frame.title}: contrast ${contrast(e).toFixed(1)} of <${e.tagName} ${
          e.className}>`);
    }
  }
  document.title = 'seen ' + document.querySelectorAll('iframe').length;
  document.getElementById('found').textContent = JSON.stringify(found);
});
"""


def pages() -> dict[str, str]:
    """The HTML of every English mail, by its name."""
    made = {e: (e, "en", sample(e)) for e in EVENTS}
    crowded = {
        "ticket": {**TICKET, "subject": LONG, "status": LONG, "owner": LONG},
        "comment": comment({"name": LONG, "email": "x@y.example"}, f"{LONG}\nhttps://{LONG}"),
        "fields": [{"name": LONG, "value": LONG}],
        "actions": [action("action.approve", f"#approve {LONG}", SUBJECT_LINE)],
        "transcript": [{"line": LONG, "said": LONG, "form": LONG}],
        "guide": [{"line": LONG, "words": LONG}],
        "changes": [LONG],
    }
    made |= {
        f"{e} crowded": (e, "en", sample(e, **crowded)) for e in ("ticket.new", "command.done")
    }
    wide = "<table><tr>" + "<td>cell</td>" * 12 + "</tr></table><pre>" + "code " * 40 + "</pre>"
    with_html = comment({"name": "Bob", "email": "b@acme.example"}, "x", html=wide)
    made["wide html"] = ("comment.public", "en", sample("comment.public", comment=with_html))
    return {name: str(RENDERER.render(*what).html) for name, what in made.items()}


def translated() -> dict[str, str]:
    """The HTML of every mail in every other language."""
    others = [language for language in LANGUAGES if language != "en"]
    return {f"{e} {o}": str(RENDERER.render(e, o, sample(e)).html) for o in others for e in EVENTS}


def seen(folder: Path, scheme: str, mails: dict[str, str], *widths: int) -> list[str]:
    """What a browser finds, with all these mails on one page."""
    frames = "".join(
        f'<iframe title="{name}, {width} px" width="{width}" height="900" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in mails.items()
        for width in widths
    )
    script = f"<script>const ENOUGH = {ENOUGH};{SCRIPT}</script>"
    (folder / "all.html").write_text(f'{script}{frames}<pre id="found"></pre>')
    done = subprocess.run(
        [
            parts.path("chromium"),
            *OPTIONS,
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            "--dump-dom",
            f"file://{folder / 'all.html'}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert f"<title>seen {len(mails) * len(widths)}</title>" in done.stdout
    answer = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert answer
    found: list[str] = json.loads(html.unescape(answer[1]))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mail_can_be_read_on_every_screen(scheme: str, tmp_path: Path) -> None:
    assert seen(tmp_path, scheme, pages(), PHONE, DESKTOP) == []


def test_every_language_fits_on_a_telephone(tmp_path: Path) -> None:
    assert seen(tmp_path, "light", translated(), PHONE) == []
