"""The one SQLite file and the raw messages beside it; the only SQL of the program."""
