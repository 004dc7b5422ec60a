"""A model's files: found, loaded, what they put before texts, and a hash of what its vectors depend on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding.e5 import E5
from index.embedding.threads import limit_threads
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
"""Read by the model's libraries when they are imported."""


def folder_of(name: str) -> str:
    """The folder that a name is, or that the local cache of models has under it.

    Raises:
        ModelError: there is none.
    """
    folder = Path(name).expanduser()
    return str(folder) if folder.is_dir() else _cached(name)


def load(name: str, path: str, e5: E5 | None) -> SentenceTransformer:
    """The model of a folder, or the multilingual encoder as one; some 10 seconds, most of them the import of torch.

    Raises:
        ModelError: no model can be loaded from there.
    """
    os.environ.update(OFFLINE)
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    limit_threads()
    if e5:
        from index.embedding.e5_transformer import sentence_transformer

        return sentence_transformer(e5)
    try:
        return SentenceTransformer(path, device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"the embedder {name} can't be loaded from {path}: {error}") from error


def prompts_of(model: SentenceTransformer) -> tuple[str, str]:
    """What a model's own files put before a query and before a passage.

    sentence-transformers alone would overlook a prompt named `passage`, as it makes up an empty one named `document`,
    and a model's default prompt. The default one is for passages too only where no prompt is the query's own.
    """
    named = {name: prompt or "" for name, prompt in model.prompts.items()}
    default = named.get(model.default_prompt_name or "", "")
    query = named.get("query", "")
    passage = next((named[name] for name in ("document", "passage", "corpus") if named.get(name)), "")
    return query or default, passage or ("" if query else default)


def files_hash(folder: str, prompts: Sequence[str]) -> str:
    """A hash of a model's weights, vocabulary and settings, and of its prompts."""
    found = hashlib.sha256(repr(prompts).encode())
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix in (".safetensors", ".bin", ".onnx", ".json", ".txt", ".model"):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


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
