import hashlib
from pathlib import Path

import pytest

from index.embedding import packaged
from index.embedding.embedder import Embedder
from index.errors import ModelError


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "JOINED", tmp_path / "joined")


def test_parts_are_joined_once_and_a_damaged_file_is_refused(tmp_path: Path) -> None:
    parts = [tmp_path / "1", tmp_path / "2"]
    for part, data in zip(parts, (b"ab", b"cd"), strict=True):
        part.write_bytes(data)
    sha256 = hashlib.sha256(b"abcd").hexdigest()
    done: list[int] = []
    path = packaged.joined_file("model.gguf", parts, sha256, done.append)
    assert path.read_bytes() == b"abcd"
    assert done == [2, 4]
    assert packaged.joined_file("model.gguf", [], sha256, done.append) == path
    path.write_bytes(b"abcx")
    with pytest.raises(ModelError, match="wrong hash"):
        packaged.joined_file("model.gguf", parts, sha256, done.append)


def test_parts_with_a_wrong_hash_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"ab")
    with pytest.raises(ModelError, match="wrong hash together"):
        packaged.joined_file("model.gguf", [tmp_path / "1"], "0" * 64, lambda _: None)
    assert list((tmp_path / "joined").iterdir()) == []


def test_a_missing_package_or_model_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="make chat"):
        packaged.package_file("no-such-package", "x.bin")
    with pytest.raises(ModelError, match="nowhere"):
        _ = Embedder("nowhere/at-all").model
