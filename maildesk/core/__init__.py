"""What a message or a moment means to a desk: pure values and functions.

No I/O, no clock, no randomness, no logging. `now` and every secret or random part is an argument.
"""
