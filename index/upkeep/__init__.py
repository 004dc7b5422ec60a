"""A data folder kept: its index made anew beside the old one, backed up in one file and restored, looked through.

Imports `library` and what is below it.
"""
