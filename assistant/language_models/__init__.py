"""Messages in, words out: the embedded model, or a server by URL; all that is said to it, and who waits for it.

Imports `untrusted`.
"""
