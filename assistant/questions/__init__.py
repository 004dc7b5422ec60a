"""A question and its conversation in; out, what is meant: one query, its parts, or that it names no subject.

Imports `reading`.
"""
