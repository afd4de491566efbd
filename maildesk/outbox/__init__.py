"""Ways out: a notice becomes a mail (`render`) and leaves (`transport`), told by a `courier`."""
