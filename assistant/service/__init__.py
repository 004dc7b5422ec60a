"""The one process that owns a data folder, and how others reach it: answers and ingests under way, watching, starters.

Imports `chat` and what is below it; no door.
"""
