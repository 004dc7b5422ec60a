"""The page's style sheet: tokens first, then Lucide's icons as masks, then the rules, which name both."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).parent


@cache
def stylesheet() -> str:
    """All of the page's CSS; it names no address."""
    tokens, rules = ((HERE / name).read_text(encoding="utf-8") for name in ("tokens.css", "page.css"))
    return "\n".join((tokens, _icons(), rules))


def _icons() -> str:
    """For each icon a class that sets it before what has it, in the colour of its text."""
    icons = sorted((HERE / "icons").glob("*.svg"))
    images = "".join(
        f'--q-icon-{icon.stem}: url("data:image/svg+xml,{quote(icon.read_text(encoding="utf-8").strip())}");'
        for icon in icons
    )
    classes = "".join(f".q-i-{icon.stem}::before {{ mask-image: var(--q-icon-{icon.stem}); }}" for icon in icons)
    return f":root {{ {images} }}\n{classes}"
