"""A written sentence in; out, the sources it rests on, and whether they say it.

Imports `facts`, `untrusted`.
"""
