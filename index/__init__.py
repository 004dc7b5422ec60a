"""Reads, chunks, embeds, stores and searches documents, and keeps their data folder. Knows nothing of conversations."""
