"""The README is kept true: its settings, commands and file tree are those of the code."""

import re
from dataclasses import fields
from pathlib import Path

from assistant.cli import _parser
from assistant.settings import AssistantSettings
from index.settings import IndexSettings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    stated = set(re.findall(r"`QUARRY_(\w+)`", README))
    assert stated == {field.name.upper() for kind in (IndexSettings, AssistantSettings) for field in fields(kind)}


def test_every_command_stands_in_the_readme() -> None:
    [commands] = [action.choices for action in _parser()._actions if isinstance(action.choices, dict)]
    assert commands
    assert all(f"quarry {name}" in README for name in commands)


def test_every_module_stands_in_the_file_tree() -> None:
    modules = [path.name for package in ("index", "assistant", "evals") for path in (ROOT / package).glob("*.py")]
    assert [name for name in modules if not name.startswith("__") and name not in README] == []
