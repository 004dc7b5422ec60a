"""A document's text in; its blocks, sentences and chunks out, what is seen of each, and its words as they are searched.

Imports `parsing`.
"""
