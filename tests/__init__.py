"""maildesk's tests, in rooms that mirror the package; `parts` names the real programs they meet."""
