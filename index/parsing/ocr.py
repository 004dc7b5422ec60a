"""The text of scanned pages, by the program Tesseract where it is installed."""

from __future__ import annotations

import functools
import io
import os
import shutil
import subprocess
from typing import Any

from index.errors import ReadError

MISSING = "install Tesseract (the Debian package tesseract-ocr, and tesseract-ocr-deu and so on for other languages)"

_SCALE = 300 / 72
"""Dots per point: Tesseract is made for 300 dots per inch."""

_MOST_DOTS = 40_000_000
"""Larger pages are drawn smaller: one of A3 has 17 million."""

_SECONDS = 120
"""How long one page may take; a full one takes some 3 s."""

_LANGUAGES = 4
"""At most so many of the installed languages are tried at once: each makes a page slower."""


def can_recognise() -> bool:
    """Whether Tesseract is installed."""
    return shutil.which("tesseract") is not None


def recognise(page: Any) -> str:
    """The text of a page of an open PDF, as Tesseract reads its picture; empty where it finds none.

    Raises:
        ReadError: Tesseract fails or takes too long.
    """
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_DOTS / max(width * height, 1)) ** 0.5)
    return recognise_picture(page.render(scale=scale, grayscale=True).to_pil(), round(72 * scale))


def recognise_picture(picture: Any, dots: int = 0) -> str:
    """The text of a picture of Pillow's with so many dots per inch, 0 where that is not known; raises as `recognise`."""
    target = io.BytesIO()
    if picture.width * picture.height > _MOST_DOTS:
        picture.thumbnail((int(_MOST_DOTS**0.5), int(_MOST_DOTS**0.5)))
    picture.save(target, "PNG")
    command = ["tesseract", "stdin", "stdout", "-l", _languages(), *(["--dpi", str(dots)] if dots else [])]
    try:
        done = _run(command, target.getvalue())
    except subprocess.TimeoutExpired as error:
        raise ReadError(f"a scanned page took Tesseract more than {_SECONDS} seconds") from error
    if done.returncode:
        raise ReadError(f"Tesseract fails on a scanned page: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout.decode(errors="replace").replace("\f", "").strip()


@functools.cache
def _languages() -> str:
    lines = _run(["tesseract", "--list-langs"], b"").stdout.decode(errors="replace").splitlines()[1:]
    found = [line.strip() for line in lines if line.strip() not in ("", "osd", "equ", "snum")]
    return "+".join(sorted(found, key=lambda name: name != "eng")[:_LANGUAGES]) or "eng"


def _run(command: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    one_thread = os.environ | {"OMP_THREAD_LIMIT": "1"}  # its own threads slow each other down
    return subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False, env=one_thread)
