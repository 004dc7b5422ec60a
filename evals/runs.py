"""Saved runs: every question's record, with commit, settings, fingerprints, data hash and seed; resumed if interrupted."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from evals.errors import EvaluationError
from evals.questions import read_lines
from evals.statistics import SEED, Estimate

ROOT = Path(__file__).parent.parent
RUNS = ROOT / "runs"
FITTED = (".json", ".npz", ".safetensors", ".toml")
"""What the product reads beside its source: weights, examples, word lists."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one question: named scores (None: nothing to score) and whatever explains them."""

    id: str
    group: str
    scores: dict[str, float | None]
    detail: dict[str, Any] = field(default_factory=dict)


class Run:
    """A run's folder: `run.json` says how it was made and what came out, `records.jsonl` has a line per question."""

    def __init__(self, command: str, options: Mapping[str, Any], data: Iterable[Path], fingerprint: str = "") -> None:
        """Opens the folder of a run of the same command, options, code, data and index, or makes it.

        A finished one is begun anew, an unfinished one is continued.
        """
        self.facts: dict[str, Any] = {
            "command": command,
            "options": {name: str(value) for name, value in sorted(options.items())},
            "code": code_hash(),
            "data": data_hash(data),
            "index": fingerprint,
            "seed": SEED,
        }
        key = hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()[:10]
        self.folder = RUNS / f"{command}-{key}"
        self.facts |= {"commit": commit(), "started": datetime.now(UTC).isoformat(timespec="seconds")}
        self.records: dict[str, Record] = {}
        finished = self.folder / "run.json"
        path = self.folder / "records.jsonl"
        if path.exists() and not finished.exists():
            self.records = {record.id: record for record in _read_records(path)}
            if self.records:
                print(f"continuing {self.folder.name}: {len(self.records)} are done", file=sys.stderr)
        self.folder.mkdir(parents=True, exist_ok=True)
        finished.unlink(missing_ok=True)
        path.write_text("".join(_line(record) for record in self.records.values()), encoding="utf-8")

    def measure(self, items: Sequence[T], key: Callable[[T], str], score: Callable[[T], Record], what: str) -> list[Record]:
        """The records of all items, in order; each is saved as it is made."""
        with (self.folder / "records.jsonl").open("a", encoding="utf-8") as file:
            for item in tqdm(items, what, disable=None):
                if key(item) not in self.records:
                    record = score(item)
                    self.records[record.id] = record
                    file.write(_line(record))
                    file.flush()
        return [self.records[key(item)] for item in items]

    def finish(self, figures: Mapping[str, Any]) -> None:
        """Save the figures, and print them as the last line: one JSON object."""
        facts = self.facts | {"figures": _plain(figures)}
        (self.folder / "run.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")
        print_figures(self.facts["command"], figures, self.folder)


def print_figures(command: str, figures: Mapping[str, Any], folder: Path | None = None) -> None:
    """The last line of every command: one JSON object with the figures and n."""
    line = {"command": command, "figures": _plain(figures)} | ({"run": str(folder)} if folder else {})
    print(json.dumps(line, ensure_ascii=False), flush=True)


def load_run(folder: Path) -> tuple[dict[str, Any], list[Record]]:
    """A saved run: its facts and records.

    Raises:
        EvaluationError: there is no finished run in `folder`.
    """
    if not (folder / "run.json").is_file():
        raise EvaluationError(f"there is no finished run in {folder}: run `python -m evals run` first")
    return json.loads((folder / "run.json").read_text(encoding="utf-8")), _read_records(folder / "records.jsonl")


def print_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table with aligned columns; estimates show as `.612 (.55-.67) n=120`."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def code_hash() -> str:
    """A hash of the source and of the weights and word lists beside it: two runs with the same one did the same."""
    found = hashlib.sha256()
    for package in ("index", "assistant", "evals"):
        for path in sorted((ROOT / package).rglob("*.py")):
            found.update(path.name.encode() + path.read_bytes())
    for path in sorted((ROOT / "assistant").rglob("*")):
        if path.suffix in FITTED:
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]


def data_hash(paths: Iterable[Path]) -> str:
    """A hash of the bytes of files, or of all files in folders."""
    found = hashlib.sha256()
    for path in paths:
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:12]


def commit() -> str:
    """The checked-out commit, with `+` where files differ from it; empty outside a checkout."""
    try:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
        dirty = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return head.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def _read_records(path: Path) -> list[Record]:
    """All whole lines: one cut short by an interruption at the end is dropped."""
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, encoding="utf-8")
    return [Record(**row) for row in read_lines(path)]


def _line(record: Record) -> str:
    return json.dumps(asdict(record), ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return {name: round(v, 4) if isinstance(v, float) else v for name, v in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _cell(value: Any) -> str:
    if isinstance(value, Estimate):
        if value.value is None:
            return f"- n=0{f' ({value.missing} unscored)' if value.missing else ''}"
        missing = f" ({value.missing} unscored)" if value.missing else ""
        return f"{value.value:.3f} ({value.low:.3f}-{value.high:.3f}) n={value.n}{missing}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)
