"""Texts in, vectors out: sentence-transformers' door. Offline always; the embedded model is loaded at the first text.

The embedded one is all-MiniLM-L6-v2, the multilingual one multilingual-e5-small. Any other model's prompts and longest input
come from its own files.
"""

from __future__ import annotations

import copy
import importlib.metadata
import threading
import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.embedding import minilm
from index.embedding.e5 import E5, LONGEST, SHA256, shared
from index.embedding.model_files import files_hash, folder_of, load, prompts_of
from index.embedding.turns import Turns, slices
from index.embedding.vocabulary import Vocabulary
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.embedding.bert import Encoder

Vectors = npt.NDArray[np.float32]

PACKAGED = ("embedded", "multilingual")
"""The names of models that come with Quarry: all-MiniLM-L6-v2, and multilingual-e5-small with the reader over it."""

SPECIAL_TOKENS = 4
"""At most, in the models there are: a mark at each end of a text, and what a prompt's joint may add."""

TITLE_TOKENS = 30
"""Tokens kept for the title and the model's special ones. A longer title (in some scripts) is cut."""

LEAST_PASSAGE = 16
MOST_TOKENS = 8192
"""Taken where a model's files name no limit; chunks are shorter anyway."""

E5_PROMPT_TOKENS = 2
"""Of "passage: "."""

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
        self._turns = Turns()
        self._loading = threading.RLock()
        self._queries: dict[str, Vectors] = {}
        self._vocabulary = Vocabulary(weakref.proxy(self))

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
        from index.embedding.e5_transformer import E5Transformer, pooled_in_parts

        transformer = self.model[0]
        assert isinstance(transformer, E5Transformer)
        return pooled_in_parts(transformer, texts, spans, lambda: self._turns.turn(first))

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
        return [len(ids) for ids in self._vocabulary.ids(texts)]

    def reads(self, text: str) -> bool:
        """See `Vocabulary.reads`."""
        return self._vocabulary.reads(text)

    def has_whole(self, word: str) -> bool:
        """See `Vocabulary.has_whole`."""
        return self._vocabulary.has_whole(word)

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """See `Vocabulary.word_vectors`."""
        return self._vocabulary.word_vectors(words)

    @cached_property
    def max_tokens(self) -> int:
        """The longest input, prompt and special tokens counted; what is longer is cut off silently by the model."""
        if self.name in PACKAGED:
            return LONGEST if self.e5 else minilm.TOKENS
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
        """What stands before a query and before a passage, see `prompts_of`."""
        if self.name in PACKAGED:
            return ("query: ", "passage: ") if self.e5 else ("", "")
        return prompts_of(self.model)

    @cached_property
    def path(self) -> str:
        """The model's folder, its weights checked where it is the embedded one.

        Raises:
            ModelError: there is no such model; the embedded one's package is missing or its weights have the wrong hash.
        """
        if self.name not in PACKAGED:
            return folder_of(self.name)
        if self.e5:
            return str(self.e5.path)
        return minilm.folder()

    @cached_property
    def fingerprint(self) -> str:
        """What vectors depend on: the model's name, its files (weights, vocabulary, prompts), its limit, the libraries."""
        parts = [f"{name} {importlib.metadata.version(name).split('.')[0]}" for name in _LIBRARIES]
        if self.name in PACKAGED:
            made = ("multilingual-e5-small", SHA256) if self.e5 else ("all-MiniLM-L6-v2", minilm.SHA256)
            return " ".join([made[0], made[1][:12], *parts])
        made = (Path(self.name).name, files_hash(self.path, self.prompts))
        return " ".join([*made, f"of {self.max_tokens} tokens", *parts])

    @cached_property
    def tokenizer(self) -> Any:
        """A tokenizer for counting: the model's own is set to cut and pad while it embeds, in whatever thread."""
        tokenizer = self.model.tokenizer
        with self._turns.turn(first=True):
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
            return load(self.name, self.path, self.e5)

    @property
    def encoder(self) -> Encoder:
        """The embedded encoder's network, for the reader that shares it.

        Raises:
            ModelError: the embedder is another model.
        """
        from index.embedding.e5_transformer import E5Transformer

        if not isinstance(transformer := self.model[0], E5Transformer):
            raise ModelError(f"the embedder {self.name} is not the embedded encoder")
        return transformer.encoder

    def _encode(self, texts: list[str], *, is_query: bool, first: bool = False) -> Vectors:
        encode = self.model.encode_query if is_query else self.model.encode_document
        prompt = self.prompts[0 if is_query else 1]
        made: dict[int, Vectors] = {}
        for part in [range(len(texts))] if is_query else slices(texts):
            with self._turns.turn(is_query or first):
                vectors = encode(
                    [texts[i] for i in part],
                    prompt=prompt,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            made.update(zip(part, np.asarray(vectors, dtype=np.float32), strict=True))
        return np.stack([made[i] for i in range(len(texts))]) if texts else np.zeros((0, 0), np.float32)


_LIBRARIES = ("sentence-transformers", "transformers")
