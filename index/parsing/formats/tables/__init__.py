"""Spreadsheets, and files of records: their rows with cells as they are shown.

Imports `index.parsing` alone.
"""
