"""Settings: frozen, each with its default and reason. Read once, in `load`, from arguments, environment, file, default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from index.embedding.e5 import PACKAGE
from index.embedding.packaged import is_installed
from index.errors import SettingsError

T = TypeVar("T")

RETIRED = ("vector_weight",)
"""Keys that an earlier version had: they are passed over with a warning, where a key that never was one is an error."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What the index needs to know."""

    home: Path = Path(platformdirs.user_data_dir("quarry"))
    """The data folder: library.db and chroma/."""
    embedder: str = "multilingual" if is_installed(PACKAGE) else "embedded"
    """`multilingual` (multilingual-e5-small, with the reader over it), `embedded` (all-MiniLM-L6-v2, English, without a
    reader; where the other's package is not installed), or a path or name that sentence-transformers can load offline."""
    chunk_tokens: int = 225
    """The longest chunk, in the embedder's tokens; less where it reads less. ARCHITECTURE.md has the sizes tried."""
    top_k: int = 8
    """How many chunks a search returns."""

    def __post_init__(self) -> None:
        if not 16 <= self.chunk_tokens <= 4096:
            raise SettingsError(f"chunk_tokens is {self.chunk_tokens}: give a number from 16 to 4096")
        if self.top_k < 1:
            raise SettingsError(f"top_k is {self.top_k}: give a number from 1 up")


def load(
    kinds: tuple[type[Any], ...],
    arguments: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    warn: Callable[[str], None] = lambda line: None,
) -> tuple[Any, ...]:
    """One settings value of each kind, each field from the first place that has it; `warn` is told of retired keys.

    The order is: `arguments` (those that are not None), `QUARRY_<NAME>` in the environment (an empty one counts as not
    set), `quarry.toml` in the data folder, the field's default.

    Raises:
        SettingsError: a key that no kind has (the message lists the valid ones), or a value of the wrong type.
    """
    environment = os.environ if environment is None else environment
    known: dict[str, Any] = {field.name: field.default for kind in kinds for field in fields(kind)}
    given: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith("QUARRY_") and name not in OUTSIDE and value:
            given |= _kept({name.removeprefix("QUARRY_").lower(): value}, known, f"({name})", warn)
    given |= {name: value for name, value in arguments.items() if value is not None}
    home = _converted("home", given.get("home") or known["home"], Path)
    file = home / "quarry.toml"
    merged = _kept(_read_file(file), known, f"in {file}", warn) | given
    values = {name: _converted(name, value, type(known[name])) for name, value in merged.items()}
    return tuple(
        kind(**{field.name: values[field.name] for field in fields(kind) if field.name in values}) for kind in kinds
    )


OUTSIDE = {"QUARRY_REQUIRE_BROWSER", "QUARRY_REQUIRE_OCR"}
"""Environment variables that are not settings of the product: the test suite's own."""


def _kept(content: Mapping[str, Any], known: Mapping[str, Any], source: str, warn: Callable[[str], None]) -> dict[str, Any]:
    """The settings without retired ones, each of which is known."""
    for name in content:
        if name in RETIRED:
            warn(f"the setting {name} {source} is no longer used: take it out")
        elif name not in known:
            raise SettingsError(f"unknown setting {name} {source}; the valid ones are {', '.join(sorted(known))}")
    return {name: value for name, value in content.items() if name in known}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error


def _converted(name: str, value: Any, kind: type[Any]) -> Any:
    try:
        converted = kind(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{name} is {value!r}: a value of type {kind.__name__} is expected") from error
    if not isinstance(converted, Path):
        return converted
    try:
        return converted.expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{name} is {value}: there is no such user") from error
