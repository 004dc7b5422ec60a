"""What isn't a question to be looked up: small talk, questions about the library, a document summed up, two compared.

Imports `answering` and what is below it.
"""
