"""Documents, versions and chunks: kept in SQL, which says what is current, and erased, listed, backed up.

Imports `embedding`, `passages`, `parsing`.
"""
