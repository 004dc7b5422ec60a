"""The HTTP door: the page, the sources it opens, and the way in for other commands.

Imports `page`, which it starts, and what is below it.
"""
