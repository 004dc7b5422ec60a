"""A query in, its misspelt words mended; chunks out, best first, of what the filters leave, found by their text or by
questions written for them.

Imports `library` and what is below it.
"""
