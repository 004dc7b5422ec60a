"""Write docs/commands.md: every command of `quarry` with its arguments, as the parser has them.

.venv/bin/python tools/commands.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.cli.main import _parser

FILE = Path(__file__).parent.parent / "docs" / "commands.md"

HEAD = """# Commands

`quarry COMMAND`, after `make chat` in `.venv/bin`. `quarry --home FOLDER COMMAND` works on another data folder than
`QUARRY_HOME` or the platform's own. While the page runs, every other command goes through it.
"""


def reference() -> str:
    """The page as Markdown."""
    return HEAD + "".join(_section(name, parser, help_) for name, parser, help_ in _commands(_parser(), "quarry"))


def _commands(parser: argparse.ArgumentParser, before: str) -> list[tuple[str, argparse.ArgumentParser, str]]:
    """The commands below a parser, each with its help; of one that only holds others, those."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, own in action.choices.items():
                whole = f"{before} {name}"
                found += [(whole, own, helps.get(name, "")), *_commands(own, whole)]
    return found


def _section(name: str, parser: argparse.ArgumentParser, help_: str) -> str:
    actions = [
        action for action in parser._actions if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    ]
    lines = [f"- {_written(action)}: {action.help}" if action.help else f"- {_written(action)}" for action in actions]
    return f"\n## {name}\n\n{help_[:1].upper()}{help_[1:]}.\n" + ("\n" + "\n".join(lines) + "\n" if lines else "")


def _written(action: argparse.Action) -> str:
    """An argument as it is typed."""
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices:
        value = "|".join(map(str, action.choices))
    if not action.option_strings:
        return f"`[{value}]`" if action.nargs in ("?", "*") else f"`{value}`"
    names = ", ".join(action.option_strings)
    return f"`{names}`" if action.nargs == 0 else f"`{names} {value}`"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
