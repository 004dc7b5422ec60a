"""The README is kept true: its settings, commands and file tree are those of the code."""

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path

from assistant.settings import AssistantSettings
from index.settings import IndexSettings
from tools.commands import FILE, reference

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    stated = set(re.findall(r"`QUARRY_(\w+)`", README))
    assert stated == {field.name.upper() for kind in (IndexSettings, AssistantSettings) for field in fields(kind)}


def test_the_command_reference_is_the_parser_s() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run tools/commands.py"


MOST_MODULES, MOST_LINES = 12, 250


def rooms() -> list[Path]:
    """The packages of the product."""
    return [path.parent for package in ("index", "assistant") for path in (ROOT / package).rglob("__init__.py")]


def test_every_room_stands_in_the_map_and_says_what_it_is() -> None:
    for room in rooms():
        said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
        assert said and len(said.splitlines()) <= 4, room
        assert "formats" in room.parts or f"{room.name}/" in README, room


def test_no_room_has_more_modules_than_one_looks_over() -> None:
    counted = {room.name: len([path for path in room.glob("*.py") if path.name != "__init__.py"]) for room in rooms()}
    assert {name: n for name, n in counted.items() if n > MOST_MODULES} == {}


def test_no_module_is_longer_than_one_reads_at_a_sitting() -> None:
    files = [path for package in ("index", "assistant", "evals") for path in (ROOT / package).rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_every_room_is_in_the_package_that_is_installed() -> None:
    given = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert {".".join(room.relative_to(ROOT).parts) for room in rooms()} - {"index.library.migrations"} == set(given)
