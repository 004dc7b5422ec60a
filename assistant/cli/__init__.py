"""The door in a terminal: the command `quarry`. A command is added in `main` or in the module of its kind.

Imports `server`, which it starts, and what is below it.
"""
