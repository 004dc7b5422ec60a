"""A question and its conversation in; out, what is meant: one query, or its parts; that it names no subject, which candidate
a reply picks, in which foreign language it is.

Imports `reading`.
"""
