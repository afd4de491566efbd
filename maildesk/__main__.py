"""The way in, for `python -m maildesk` as for the `maildesk` command.

In: arguments. Out: what `maildesk.cli` makes of them. An installation of which a part is missing,
as in the middle of an upgrade, ends with a sentence: a mail server that pipes a message into it is
told to try again.
"""

import gc
import json
import sys
from typing import NoReturn

_OBJECTS = 10_000
_FAILED, _TRY_AGAIN = 1, 75  # sysexits(3): EX_TEMPFAIL


def main() -> NoReturn:
    """Run the command line, if it is there."""
    # What a short command loads stays until its end: to look through it for garbage every few
    # hundred objects, as is usual, takes a tenth of its time.
    gc.set_threshold(_OBJECTS)
    try:
        from maildesk.cli import main as run
    except Exception as error:
        sys.exit(_tell(error, sys.argv[1:]))
    run()


def _tell(error: Exception, words: list[str]) -> int:
    """Say that the program is broken, with nothing but Python itself; the exit code."""
    sentence = f"the installation is broken: {type(error).__name__}: {error}"
    if "--json" in words:
        sys.stdout.write(json.dumps({"error": sentence}) + "\n")
    else:
        sys.stderr.write(f"maildesk: {sentence}\n")
    return _TRY_AGAIN if "deliver" in words else _FAILED


if __name__ == "__main__":
    main()
