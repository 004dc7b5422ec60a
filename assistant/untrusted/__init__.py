"""Text of documents and people in; out, without what a terminal, a browser or a model would obey; and whether it is small
talk or an order.

Imports `index` alone.
"""
