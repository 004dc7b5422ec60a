import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from index.errors import ReadError
from index.parsing import ocr
from index.parsing.file import parse
from index.parsing.pdf_page import boxes

needs_tesseract = pytest.mark.skipif(
    not ocr.can_recognise() and not os.environ.get("QUARRY_REQUIRE_OCR"),
    reason="Tesseract is not installed (the Debian package tesseract-ocr)",
)


def scan(*pages: str) -> bytes:
    """A PDF whose pages are pictures alone."""
    drawn = []
    for text in pages:
        drawn.append(Image.new("RGB", (1275, 1650), "white"))
        ImageDraw.Draw(drawn[-1]).text((120, 200), text, fill="black", font=ImageFont.load_default(44))
    target = io.BytesIO()
    drawn[0].save(target, "PDF", save_all=True, append_images=drawn[1:], resolution=150)
    return target.getvalue()


@needs_tesseract
def test_scanned_pages_are_read_with_their_pages() -> None:
    content = parse(Path("a.pdf"), scan("The plant in Onsan opens in 2028.", "The furnace makes 12 tons a year."))
    first, second = content.pages
    assert content.text[first:second].strip() == "The plant in Onsan opens in 2028."
    assert content.text[second:] == "The furnace makes 12 tons a year."
    assert content.note == ""


@needs_tesseract
def test_text_of_a_scan_has_no_boxes() -> None:
    assert boxes(scan("The plant in Onsan."), 1, 0, 9) == []


@needs_tesseract
def test_a_scan_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    parse(Path("a.pdf"), scan("Warm"))
    monkeypatch.setattr(ocr, "_SECONDS", 0.001)
    with pytest.raises(ReadError, match="more than 0.001 seconds"):
        parse(Path("a.pdf"), scan("Slow"))


def test_without_tesseract_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReadError, match="scanned.*tesseract-ocr"):
        parse(Path("a.pdf"), scan("The plant."))
