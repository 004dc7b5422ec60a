"""Answers and conversations in; what people and programs read out: terminal, Markdown, JSON, and the page's words.

Imports `history`, `untrusted`.
"""
