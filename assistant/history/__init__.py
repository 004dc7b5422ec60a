"""Turns in; the same turns out to the byte, and what people thought of them. Kept in the library's database.

Imports `facts`.
"""
