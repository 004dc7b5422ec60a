"""Texts in, vectors out, by models that packages carry; and the store that keeps the vectors.

Imports `passages`.
"""
