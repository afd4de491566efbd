"""The configuration: one TOML file, with those it includes, as frozen and typed settings.

load(path, env)         the settings, or ConfigError with every fault at once
find_config(…)          which file counts
Settings                the tables, named as in the file; `policy()` for the core
Secret                  where a password is kept; read late, never shown
"""

from maildesk.config.loader import find_config, load
from maildesk.config.secret import Secret
from maildesk.config.settings import Settings

__all__ = ["Secret", "Settings", "find_config", "load"]
