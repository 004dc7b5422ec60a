"""Text of documents and people in; out, without what a terminal, a browser or a model would obey, and what it wants.

Imports `index` alone.
"""
