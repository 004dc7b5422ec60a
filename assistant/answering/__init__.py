"""A query in; out, what the documents hold of it: quotes, a question back, a refusal, or the model's checked answer.

Imports `questions`, `reading`, `checking`, `facts`, `language_models`.
"""
