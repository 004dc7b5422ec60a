"""How the page looks: the tokens, the icons, the style sheet.

Imports nothing of the project.
"""
