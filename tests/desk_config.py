"""A configuration of a few lines, for tests to which only some of its tables matter.

In: a folder, and those tables. Out: `config.toml` in it, with one desk, one agent, and the data
directory beside it.

*Fails:* as files do.
"""

from __future__ import annotations

from pathlib import Path

MAILDIR = '[outgoing]\ntransport = "maildir"\n'
LOCAL = """
[[desks]]
key = "HELP"
name = "Support"
address = "support@localhost"
agents = ["agent"]
[[agents]]
id = "agent"
name = "Agent"
emails = ["agent@localhost"]
"""
EXAMPLE = """
[[desks]]
key = "HELP"
name = "Example Support"
address = "support@desk.example"
agents = ["alice"]
[[agents]]
id = "alice"
name = "Alice Doe"
emails = ["alice@desk.example"]
"""


def write_config(folder: Path, tables: str = MAILDIR, *, desk: str = LOCAL) -> Path:
    """The file; `tables` begin at the top, so keys that stand in no table may come first."""
    file = folder / "config.toml"
    file.write_text(f'data_dir = "{folder}/data"\n{tables}\n{desk}')
    return file
