"""Settings of the assistant; `load_settings` reads these and the index's in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from index.errors import SettingsError
from index.settings import IndexSettings, load

EVALUATION = "report.html"
"""The file of the data folder that the page links to: `python -m evals report RUN --out FILE` writes it."""


@dataclass(frozen=True, slots=True)
class AssistantSettings:
    """What answering and serving need to know."""

    llm: str = "embedded"
    """`embedded`, `none` (quotes alone), a GGUF file's path, or the URL of an OpenAI-compatible server."""
    llm_model: str = ""
    """The model's name on that server."""
    llm_key: str = ""
    """The server's key; a secret, so it has no default."""
    host: str = "127.0.0.1"
    """The page's address. Anything but loopback needs accounts, which are not there yet."""
    port: int = 7860
    """The page's port: Gradio's own default."""

    def __post_init__(self) -> None:
        if self.host not in ("127.0.0.1", "localhost", "::1"):
            raise SettingsError(f"host is {self.host}: without accounts the page is served on 127.0.0.1 only")
        if not 0 <= self.port < 65536:
            raise SettingsError(f"port is {self.port}: give a number from 0 (any free one) to 65535")


def load_settings(
    arguments: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    warn: Callable[[str], None] = lambda line: None,
) -> tuple[IndexSettings, AssistantSettings]:
    """Both settings, each field from `arguments`, the environment, quarry.toml or its default, in this order.

    `warn` gets a line for each setting that an earlier version had and this one hasn't.

    Raises:
        SettingsError: a key is unknown, or a value can't be used.
    """
    index, assistant = load((IndexSettings, AssistantSettings), arguments, environment, warn)
    return index, assistant
