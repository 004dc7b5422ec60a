"""Folders in; an up-to-date library out, also after a change of embedder; and what is sound in a data folder.

Imports `library` and what is below it.
"""
