"""Web pages, mails and tables as text."""

from pathlib import Path

import pytest

from index.errors import ReadError
from index.parsing.file import parse
from index.parsing.formats.tables import csv as read_csv
from tests.office_files import TABLE, make_csv, make_eml, make_html


def read(name: str, data: str | bytes) -> str:
    return parse(Path(name), data.encode() if isinstance(data, str) else data).text


def test_a_page_is_what_its_reader_sees() -> None:
    text = read("a.html", make_html())
    for unseen in ("script", "more()", "color", "Menu", "unseen", "<", "&"):
        assert unseen not in text
    assert "The plant in Onsan opens in 2028. It makes 12 tons a year." in text
    assert "1. Order the furnace.\n\n2. Build the hall.\n\n  - Order steel." in text
    assert "\\# a comment\n  run()" in text
    assert "Zeile eins\nZeile zwei" in text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("no markup", "no markup"),
        ("<p>unclosed <b>bold<p>next", "unclosed bold\n\nnext"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("<a href='/'><h2>Linked</h2></a>", "## Linked"),
        ("<span>one</span><span>two</span> <i>three</i>", "onetwo three"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ("<p># of people</p>", "\\# of people"),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>", "| a | b |\n\nc"),
        ("<dl><dt>Plant</dt><dd>Onsan</dd></dl>", "Plant: Onsan"),
        ("<p>x</p><!-- unseen --><?php unseen ?><p>y</p>", "x\n\ny"),
        ("<p>a<template>unseen</template>b</p>", "ab"),
    ],
)
def test_markup_of_any_kind_is_read(markup: str, text: str) -> None:
    assert read("a.html", f"<html><body>{markup}</body></html>") == text


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1251", "shift_jis"])
def test_the_encoding_that_a_page_names_is_its_own(encoding: str) -> None:
    words = {"iso-8859-1": "Größe", "windows-1251": "Завод", "shift_jis": "工場"}.get(encoding, "Größe")
    markup = f'<html><head><meta charset="{encoding}"></head><body><p>{words}</p></body></html>'
    assert read("a.html", markup.encode(encoding)) == words


@pytest.mark.parametrize(
    "head", ["", "<meta charset='nonsense'>", "<meta charset='utf-16'>", "<?xml version='1.0' encoding='utf-8'?>"]
)
def test_a_page_that_names_no_true_encoding_is_read_as_text_is(head: str) -> None:
    assert read("a.html", f"{head}<p>Größe</p>") == "Größe"


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta name="DC.date" content="2025-03">', "2025-03"),
        ('<script type="application/ld+json">{"datePublished": "2025-03-20T01:00"}</script>', "2025-03-20"),
        ('<meta name="date" content="last week">', ""),
        ('<meta name="date">', ""),
    ],
)
def test_a_page_is_dated_by_what_it_states(head: str, date: str) -> None:
    markup = f"<html><head>{head}</head><body><p>text</p></body></html>"
    assert parse(Path("a.html"), markup.encode()).date == date


def test_a_page_nested_without_end_is_read_or_refused_not_crashed_on() -> None:
    try:
        assert "deep" in read("a.html", "<div>" * 100_000 + "deep")
    except ReadError as error:
        assert str(error)


def test_a_page_without_a_title_is_titled_by_its_heading() -> None:
    assert parse(Path("a.html"), b"<h2>Plans</h2><p>text</p>").title == "Plans"


@pytest.mark.parametrize("html", [False, True])
def test_a_mail_has_its_headers_and_body_and_names_what_is_attached(html: bool) -> None:
    content = parse(Path("a.eml"), make_eml(html))
    for part in (
        "Subject: Plans für germanium",
        "Wu <wu@example.org> wrote to",
        "20 March 2025",
        "Größe: 12 tons.",
        "plan.pdf",
    ):
        assert part in content.text
    assert "<p>" not in content.text and "JVBER" not in content.text
    assert [one.name for one in content.attached] == ["plan.pdf"] and content.note == ""
    assert parse(Path("a.eml"), make_eml(html, attachment="")).attached == ()


@pytest.mark.parametrize("charset", ["nonsense", "utf-8", "us-ascii"])
def test_a_mail_that_names_a_false_encoding_is_read(charset: str) -> None:
    data = f"Subject: a\nContent-Type: text/plain; charset={charset}\n\n".encode() + "Größe und Maße der Öfen".encode(
        "cp1252"
    )
    assert "Größe und Maße der Öfen" in read("a.eml", data)


def test_what_is_no_mail_says_so() -> None:
    with pytest.raises(ReadError, match="no mail"):
        read("a.eml", "just a text")


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_the_delimiter_of_a_table_is_found(delimiter: str) -> None:
    rows = [*TABLE, ["Onsan, north; part|two", "a\nb", 'say "x"\t']]
    lines = read("a.csv", make_csv(rows, delimiter)).split("\n")
    assert lines == ["| Plant | Metal | Tons a year |", "| Onsan | Germanium | 12 |", "| Guangxi | Germanium | 60 |",
                     '| Onsan, north; part|two | a b | say "x" |']  # fmt: skip


def test_a_table_of_one_column_is_a_list_of_lines() -> None:
    assert read("a.csv", "name\nWu, Jun\n") in ("name\n\nWu, Jun", "name\n\n| Wu | Jun |")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_its_encoding(encoding: str) -> None:
    text = "Größe;Maß der Öfen\nüber zwölf;fünf Stück\n" * 3
    assert read("a.csv", text.encode(encoding)).startswith("| Größe | Maß der Öfen |\n| über zwölf | fünf Stück |")


def test_a_table_with_too_many_rows_says_how_many_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_csv, "MAX_ROWS", 2)
    with pytest.raises(ReadError, match="more than 2 rows"):
        read("a.csv", make_csv())


def test_a_cell_without_end_says_so() -> None:
    with pytest.raises(ReadError, match="no table"):
        read("a.csv", 'a,b\n"' + "x" * 200_000)
