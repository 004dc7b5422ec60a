"""Measures how often Quarry is right. Calls the same `ask` and `search` as the page."""
