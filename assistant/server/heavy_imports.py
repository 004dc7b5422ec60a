"""The heavy libraries of a process that serves, imported in one place, before it starts a thread and says it is ready.

Their packages import each other on the way. Two threads that meet in them get "partially initialized module": a first ingest
met the warm-up there in most starts. The other commands work in one thread and import what they need when they need it.
"""

from __future__ import annotations

import gc
import importlib
import os
from importlib.util import find_spec

from index.embedding.model_files import OFFLINE

ENVIRONMENT = OFFLINE | {"GRADIO_ANALYTICS_ENABLED": "False"}
"""Read by libraries when they are imported."""

LIBRARIES = (
    "chromadb",
    "gradio",
    "llama_index.core.llms",
    "llama_index.core.schema",
    "llama_index.llms.openai_like",
    "llama_index.vector_stores.chroma",
    "openai.lib.streaming.chat",
    "openai.resources",
    "pypdfium2.raw",
    "safetensors.torch",
    "torch",
    "sentence_transformers",
    "tokenizers",
    "transformers.utils",
    "uvicorn",
    "xllamacpp",
)
"""As they are named where they are used, and what OpenAI's client imports at its first call. Readers of files have a process
of their own."""


def import_libraries() -> None:
    """Import them all, those of an optional package if it is installed; to be called in the main thread."""
    os.environ.update(ENVIRONMENT)
    collecting = gc.isenabled()
    gc.disable()  # modules are no garbage: looking for some in them takes a quarter of the time
    try:
        for name in LIBRARIES:
            if find_spec(name.partition(".")[0]):
                importlib.import_module(name)
    finally:
        if collecting:
            gc.enable()
    gc.freeze()  # nor will they be any
