"""JSON and YAML: records of the same form as a table, all else as headings, items and "name: value" lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.errors import ReadError
from index.parsing.content import MAX_ROWS, SHORTER, Content, decode, without_data
from index.parsing.marked import heading, item, joined, one_line, paragraph, table

MAX_VALUES = 1_000_000
"""Values of a file at most, each counted where it is said again."""

_DEEPEST = 40
"""How deep values may lie in one another."""

_FEW = 30
"""Records with more different names than this are told one by one: no table is so wide."""


def read_json(data: bytes) -> Content:
    """The text of a JSON file, or of JSON values a line each.

    Raises:
        ReadError: it is none.
    """
    text = without_data(decode(data).removeprefix("\ufeff"))
    try:
        return _content(json.loads(text))
    except json.JSONDecodeError as error:
        try:
            return _content([json.loads(line) for line in text.split("\n") if line.strip()])
        except ValueError:
            raise ReadError(f"it is no JSON: {error.msg} in line {error.lineno}") from error
    except ValueError as error:
        raise ReadError("it holds a number of too many digits") from error


def read_yaml(data: bytes) -> Content:
    """The text of a YAML file.

    Raises:
        ReadError: it is none.
    """
    import yaml

    try:
        found = list(yaml.load_all(without_data(decode(data)), _loader()))
    except (yaml.YAMLError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        raise ReadError(f"it is no YAML{f': see line {place.line + 1}' if place else ''}") from error
    return _content(found[0] if len(found) == 1 else found)


def _loader() -> Any:
    """YAML's safe loader; what has a tag that it doesn't know is read as it stands."""
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Knows every tag."""

    def read(loader: Any, _: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        whole = loader.construct_mapping if isinstance(node, yaml.MappingNode) else loader.construct_sequence
        return whole(node, deep=True)

    Loader.add_multi_constructor("!", read)
    return Loader


def _content(value: Any) -> Content:
    _check_size(value)
    title = value.get("title") if isinstance(value, dict) else None
    return Content(joined(_blocks(value, 1)), title=one_line(title) if isinstance(title, str) else "")


def _check_size(value: Any) -> None:
    """Refuse what says its values over and over, as YAML's names for values can."""
    left, waiting = MAX_VALUES, [value]
    while waiting:
        one = waiting.pop()
        inner = list(one.values()) if isinstance(one, Mapping) else list(one) if isinstance(one, list | tuple) else []
        left -= len(inner)
        if left < 0:
            raise ReadError(f"it has more than {MAX_VALUES:,} values: {SHORTER}")
        waiting += inner


def _blocks(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ReadError(f"its values lie more than {_DEEPEST} deep in one another")
    if isinstance(value, Mapping):
        plain = [f"{name}: {_shown(one)}" for name, one in value.items() if not _holds(one)]
        yield "\n".join(map(paragraph, plain))
        for name, one in value.items():
            if _holds(one):
                yield heading(depth, str(name))
                yield from _blocks(one, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        names = _columns(value)
        if len(value) > MAX_ROWS:
            raise ReadError(f"it has more than {MAX_ROWS:,} records: {SHORTER}")
        if names:
            yield table([[str(name) for name in names], *([_shown(row.get(name)) for name in names] for row in value)])
            return
        for number, one in enumerate(value, 1):
            if _holds(one):
                yield heading(depth, str(number))
                yield from _blocks(one, depth + 1)
            else:
                yield item(_shown(one))
    else:
        yield paragraph(_shown(value))


def _columns(rows: Sequence[Any]) -> list[Any]:
    """The names in records that hold plain values alone; none where these are no such records, or hardly alike."""
    if not rows or not all(isinstance(row, Mapping) and row and not any(map(_holds, row.values())) for row in rows):
        return []
    names = list(dict.fromkeys(name for row in rows for name in row))
    return names if 1 < len(names) <= _FEW else []


def _holds(value: Any) -> bool:
    """Whether a value holds others; a short list of plain ones is told in one line."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, Sequence) and not isinstance(value, str | bytes) and (len(value) > 5 or any(map(_holds, value)))


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, set):
        return ", ".join(sorted(map(_shown, value)))
    if value is None or isinstance(value, Mapping):
        return ""
    return str(value).lower() if isinstance(value, bool) else one_line(str(value))
