"""Trains the reader: open data and made-up facts in, weights out; their card says what they learnt from."""
