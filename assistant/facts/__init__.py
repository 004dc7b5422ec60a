"""A sentence in; out, what in it can be right or wrong: numbers with units, dates, names.

Imports `types` and `index` alone.
"""
