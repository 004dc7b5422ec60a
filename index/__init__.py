"""Reads, chunks, embeds, stores and searches documents. Knows nothing of questions and answers."""
