"""`python -m maildesk` is the same as the `maildesk` command."""

from maildesk.cli import main

if __name__ == "__main__":
    main()
