"""Command lines in mail: read, judged, done all or none.

reading    which lines are commands
forms      how each is written, and who may write it
situation  what a command looks at, and what it gives back
judging    what each line comes to
obey       the commands of one mail on their way
the rest   what each command does, one matter a module

Who hears of what they changed says `core.news`.
"""
