"""Folders in; an up-to-date library out: what is unchanged, renamed or a copy is known by its content, and not read again.

Imports `library` and what is below it.
"""
