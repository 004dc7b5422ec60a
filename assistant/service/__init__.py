"""The one process that owns a data folder, and how others reach it: answers and ingests under way, stored conversations,
feedback, backup, watching, starter questions.

Imports `chat` and what is below it; no door.
"""
