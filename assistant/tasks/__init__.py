"""What isn't asked of the documents' text: small talk, questions about the library, a summary, a comparison.

Imports `answering` and what is below it.
"""
