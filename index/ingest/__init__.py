"""Folders in; an up-to-date library out.

Imports `library` and what is below it.
"""
