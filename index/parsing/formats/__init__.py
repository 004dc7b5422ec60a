"""One module a kind of file: its bytes in, its text out, headings, lists and tables marked.

Imports `index.parsing` alone.
"""
