"""Talks: from a question to a checked, cited answer or a refusal. The way an answer takes stands in `chat`."""
