"""A file's bytes in; its text with pages, title and date out, read in a process of its own; a PDF's page as a picture.

Imports nothing but errors. A kind of file is added in `formats` and named in `file`.
"""
