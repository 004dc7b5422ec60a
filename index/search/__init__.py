"""A query in; chunks out, best first, of what the filters leave.

Imports `library` and what is below it.
"""
