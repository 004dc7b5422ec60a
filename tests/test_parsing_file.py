import time
from pathlib import Path

import pytest

from index.errors import ReadError
from index.parsing.file import MAX_BYTES, Content, find_files, load, parse, read_sources


def make_pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with one line of text per page, written by hand."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        contents = f"/Contents {len(objects)} 0 R /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {contents} /Resources {font} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) >>")
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read(path: Path) -> Content:
    return parse(path, load(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_text_is_read_in_its_encoding_with_its_newlines(tmp_path: Path, encoding: str) -> None:
    text = "Завод даёт 12 тонн германия в год.\r\nЦена растёт.\n" * 5
    content = read(written(tmp_path, "a.txt", text.encode(encoding)))
    assert content.text.removeprefix("\ufeff") == text


def test_a_pdf_has_its_pages_and_title(tmp_path: Path) -> None:
    content = read(written(tmp_path, "a.pdf", make_pdf("The plant makes 12 tons.", "It opens in 2028.", title="Plans")))
    assert content.title == "Plans"
    first, second = content.pages
    assert content.text[first:second].strip() == "The plant makes 12 tons."
    assert content.text[second:] == "It opens in 2028."


def test_markdown_is_titled_by_its_first_heading(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.md", b"text\r\n\r\n## Germanium ##\r\n")).title == "Germanium"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"  \n", "no text"),
        ("a.txt", b"\x00\x01\x02\xff\xfe\x00", "not text"),
        ("a.pdf", b"%PDF-1.4 broken", "no sound PDF"),
        ("a.pdf", make_pdf(""), "no text"),
        ("a.exe", b"MZ", "not read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read(written(tmp_path, name, data))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ReadError, match="too many"):
        read(path)


def test_hidden_files_and_sources_are_no_documents(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", ".hidden.txt", "~$b.docx", "sources.toml", "c.zip", "d.exe"):
        written(tmp_path, name, b"x")
    (tmp_path / ".git").mkdir()
    written(tmp_path / ".git", "d.txt", b"x")
    assert [path.name for path in find_files(tmp_path)] == ["a.md", "b.txt", "c.zip"]


def test_sources_that_cannot_be_understood_say_where(tmp_path: Path) -> None:
    written(tmp_path, "sources.toml", b'[documents."a.txt"]\ntitel = "x"')
    with pytest.raises(ReadError, match="a.txt has something else"):
        read_sources(tmp_path)


def test_a_long_line_of_heading_marks_is_read_at_once() -> None:
    start = time.perf_counter()
    content = parse(Path("a.md"), b"# " * 20_000 + b"x\n\n# The plant ##  \r\n")
    assert content.title == "The plant"
    assert time.perf_counter() - start < 2
