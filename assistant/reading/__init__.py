"""A query and the passages found in; the sentences that may answer out, best first, and how likely any does.

It holds the reader, what it was trained to, and what a question says its answer must have. Imports `facts`, `untrusted`.
"""
