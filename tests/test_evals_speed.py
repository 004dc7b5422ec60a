"""`speed`: the texts it is measured on, and a whole run of it (slow)."""

import json
import lzma
from pathlib import Path

import pytest

from evals.errors import EvaluationError
from evals.speed import abstracts, speed


def written(folder: Path, count: int) -> Path:
    rows = [{"src": "selqa", "sents": [f"Plant {number} is one of many that make a metal."] * 30} for number in range(count)]
    rows.insert(1, rows[0])
    (folder / "reading").mkdir()
    with lzma.open(folder / "reading" / "train.jsonl.xz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in [{"src": "qamr", "sents": ["Short."]}, *rows])
    return folder


def test_the_texts_are_different_and_as_long_as_abstracts(tmp_path: Path) -> None:
    found = abstracts(written(tmp_path, 3), 3)
    assert len(set(found)) == 3 and all(text.startswith("Plant") for text in found)
    with pytest.raises(EvaluationError, match="3 texts of such a length, not 4"):
        abstracts(tmp_path, 4)
    with pytest.raises(EvaluationError, match="there are no texts"):
        abstracts(tmp_path / "nowhere", 1)


@pytest.mark.slow
def test_all_legs_take_in_the_same_texts(tmp_path: Path) -> None:
    figures = speed(written(tmp_path, 3), documents=3, rounds=1)
    assert figures["encoder"]["passages"] == figures["ingest"]["passages"] >= 6
    assert figures["llama_index"]["passages"] >= 6 and figures["of_encoder"]["median"] > 0
