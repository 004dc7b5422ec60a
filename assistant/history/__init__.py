"""Turns in; the same turns out to the byte, without what was erased, and what people thought of them.

It is kept in the library's database; a thumb becomes an evaluation question. Imports `facts`.
"""
