"""Documents, versions and chunks: kept in SQL, which says what is current, and erased, listed, found by keywords.

Imports `embedding`, `passages`.
"""
