"""The door in a browser: what a person does in, the page drawn out.

Imports `service` and what is below it.
"""
