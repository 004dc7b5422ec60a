"""What people see in a file, in every kind of file where it can occur: merged cells, struck out words, titles, dates."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from openpyxl.styles import Font
from pptx.util import Inches

from index.errors import ReadError
from index.parsing.file import load, parse
from index.parsing.marked import spread, table
from tests.office_files import saved

DATA = Path(__file__).parent / "data"

GRID = "| Hull | L-1 | 7,400 kg |\n| Hull | L-2 | both | both |"
"""A cell over two rows, and one over two columns."""


def read(name: str, data: bytes | str) -> str:
    return parse(Path(name), data.encode() if isinstance(data, str) else data).text


def odf(body: str, kind: str = "text", styles: str = "", meta: str = "") -> bytes:
    """An OpenDocument file of this body."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (
            ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
            ("meta", "meta"),
        )
    )  # fmt: skip
    content = f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        if meta:
            archive.writestr("meta.xml", f'<m {names} xmlns:dc="http://purl.org/dc/elements/1.1/">{meta}</m>')
    return target.getvalue()


def merged_docx() -> bytes:
    document = docx.Document()
    grid = document.add_table(2, 4)
    for row, texts in enumerate((["Hull", "L-1", "7,400 kg", ""], ["", "L-2", "both", ""])):
        for column, text in enumerate(texts):
            grid.cell(row, column).text = text
    grid.cell(0, 0).merge(grid.cell(1, 0)).text = "Hull"
    grid.cell(1, 2).merge(grid.cell(1, 3)).text = "both"
    return saved(document)


def merged_pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    grid = slide.shapes.add_table(2, 4, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for row, texts in enumerate((["Hull", "L-1", "7,400 kg", ""], ["", "L-2", "both", ""])):
        for column, text in enumerate(texts):
            grid.cell(row, column).text = text
    grid.cell(0, 0).merge(grid.cell(1, 0))
    grid.cell(1, 2).merge(grid.cell(1, 3))
    return saved(deck)


def merged_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Hull", "L-1", "7,400 kg"], [None, "L-2", "both"]):
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("C2:D2")
    return saved(book)


MERGED_HTML = """<table><tr><td rowspan="2">Hull</td><td>L-1</td><td>7,400 kg</td></tr>
<tr><td>L-2</td><td colspan="2">both</td></tr></table>"""

CELL = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
ROW = "<table:table-row>{}</table:table-row>"
HIGH, WIDE = ' table:number-rows-spanned="2"', ' table:number-columns-spanned="2"'
MERGED_ODF = '<table:table table:name="Fleet">{}{}</table:table>'.format(
    ROW.format(CELL.format(HIGH, "Hull") + CELL.format("", "L-1") + CELL.format("", "7,400 kg")),
    ROW.format(
        "<table:covered-table-cell/>" + CELL.format("", "L-2") + CELL.format(WIDE, "both") + "<table:covered-table-cell/>"
    ),
)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", merged_docx),
        ("a.pptx", merged_pptx),
        ("a.xlsx", merged_xlsx),
        ("a.html", MERGED_HTML.encode),
        ("a.odt", lambda: odf(MERGED_ODF)),
        ("a.ods", lambda: odf(MERGED_ODF, "spreadsheet")),
    ],
)  # csv, json, yaml, rtf (by striprtf) and Markdown have no merged cells; xls is below; a PDF draws its cells where they are
def test_a_merged_cell_stands_wherever_it_covers(name: str, make: Callable[[], bytes]) -> None:
    assert read(name, make()).endswith(GRID)


def test_sheets_of_old_excel_are_read_as_shown() -> None:
    content = parse(Path("fleet.xls"), load(DATA / "fleet.xls"))
    head = "| Depot | Lorry | Payload | Inspected |\n| Hull | L-1 | 7,400 kg | 2024-03-05 |\n| Hull | L-2 | 9,100 kg |"
    assert content.text == f"## Fleet\n\nFleet of 2024\n\n{head}"
    assert content.note == "1 hidden sheet not read"


def struck_docx() -> bytes:
    document = docx.Document()
    one = document.add_paragraph("The fee is ")
    one.add_run("80").font.strike = True
    one.add_run(" 95 euros.")
    return saved(document)


def struck_pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    one = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1)).text_frame.paragraphs[0]
    for text, strike in (("The fee is ", ""), ("80", "sngStrike"), (" 95 euros.", "noStrike")):
        run = one.add_run()
        run.text = text
        if strike:
            run._r.get_or_add_rPr().set("strike", strike)
    return saved(deck)


def struck_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["The fee is", "80", "95 euros."])
    book.active["B1"].font = Font(strike=True)
    return saved(book)


STRUCK_STYLE = '<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>'


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", struck_docx),
        ("a.pptx", struck_pptx),
        ("a.xlsx", struck_xlsx),
        ("a.html", "<p>The fee is <del>80</del> <s>81</s><strike>82</strike> 95 euros.</p>".encode),
        ("a.md", "The fee is ~~80~~ 95 euros.\n\nA ~ and ~~~ stay.\n".encode),
        ("a.rtf", rb"{\rtf1 The fee is {\strike 80 \u8364? and} {\deleted 81}\strike 82\strike0  95 euros.}".strip),
        ("a.odt", lambda: odf('<text:p>The fee is <text:span text:style-name="T1">80</text:span> 95 euros.</text:p>',
                              styles=STRUCK_STYLE)),
    ],
)  # fmt: skip
def test_what_is_struck_out_is_said_no_longer(name: str, make: Callable[[], bytes]) -> None:
    text = read(name, make())
    assert "95 euros" in text and not any(gone in text for gone in ("80", "81", "82", "€"))


def test_a_table_that_holds_tables_is_one_if_its_columns_are_named_and_else_lays_out_the_page() -> None:
    inner = "<table><tr><td>Paper</td><td>Tuesday</td></tr><tr><td>Glass</td><td>Monday</td></tr></table>"
    named = f"<table><tr><th>Town</th><th>Bins</th></tr><tr><td>Northgate</td><td>{inner}</td></tr></table>"
    assert read("a.html", named) == "| Town | Bins |\n| Northgate | Paper Tuesday; Glass Monday |"
    layout = f"<table><tr><td><b>Northgate</b>{inner}</td><td>more</td></tr></table>"
    assert read("a.html", layout) == "Northgate\n\n| Paper | Tuesday |\n| Glass | Monday |\n\nmore"


def test_terms_stand_with_what_is_said_of_them() -> None:
    terms = "<dl><dt>ILL<dd>Inter-library loan<dt>A</dt><dt>B</dt><dd><p>both<p>more</dl>"
    terms += "<p><abbr title='Friends of Ashby'>FA</abbr> meet.</p>"
    assert read("a.html", terms) == "ILL: Inter-library loan\n\nA, B: both\n\nmore\n\nFA (Friends of Ashby) meet."


def test_a_caption_in_a_row_of_its_own_stands_above_the_table() -> None:
    assert (
        table([["", "Fleet", ""], ["", "", ""], ["Lorry", "Load"], ["L-1", "7"]]) == "Fleet\n\n| Lorry | Load |\n| L-1 | 7 |"
    )
    assert list(spread([[("Fleet", 3, 1)], [("a", 1, 9), ("b", 2, 1)], [("c", 1, 1)]])) == [
        ["Fleet"],
        ["a", "b", "b"],
        ["a", "c"],
    ]
    assert [len(row) for row in spread([[("x", 10**6, 10**6), ("y", 1, 1)]])] == [1001]


def test_two_header_rows_are_one_where_cells_cover_what_they_name() -> None:
    below = "".join(f"<tr><td>{'<td>'.join(row)}</tr>" for row in (["Ashby", "12", "14", "9"], ["Barton", "3", "5", "8"]))
    joined = "| Town | 2024 male | 2024 female | 2025 male |\n| Ashby | 12 | 14 | 9 |\n| Barton | 3 | 5 | 8 |"
    markup = "<table><tr><th rowspan=2>Town<th colspan=2>2024<th>2025</tr><tr><th>male<th>female<th>male</tr>"
    assert read("a.html", f"{markup}{below}</table>") == joined
    for kept in ("<table><tr><th><th colspan=2>2024<th>2025</tr>", "<table><tr><th>Zinc<th>yes<th>yes<th>no</tr>"):
        assert read("a.html", f"{kept}{below}</table>").count("\n") == 2
    assert list(spread([[("a", 1, 2), ("b", 2, 1)]])) == [["a", "b", "b"]]


def test_opendocument_texts_sheets_and_slides_are_read() -> None:
    body = (
        '<text:h text:outline-level="1">Rules</text:h><text:p>The hoist<text:s text:c="2"/>lifts<text:tab/>450 kg.</text:p>'
        "<text:list><text:list-item><text:p>Wear gloves.</text:p><text:list><text:list-item><text:p>Of cat. II.</text:p>"
        "</text:list-item></text:list></text:list-item></text:list><text:tracked-changes><text:p>gone</text:p>"
        "</text:tracked-changes><text:p>Noted.<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>By whom?</text:p></text:note-body></text:note></text:p>"
    )
    meta = "<dc:title>Untitled 1</dc:title><dc:date>2025-03-20T09:30:00</dc:date>"
    content = parse(Path("a.odt"), odf(body, meta=meta))
    assert content.text == (
        "# Rules\n\nThe hoist lifts 450 kg.\n\n- Wear gloves.\n\n  - Of cat. II.\n\nNoted.\n\nFootnote: By whom?"
    )
    assert (content.title, content.date) == ("Rules", "2025-03-20")
    sheet = f'<table:table table:name="Stock"><table:table-row table:number-rows-repeated="2">{CELL.format("", "a")}'
    sheet += '<table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell>'
    sheet += '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    sheet += '<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row></table:table>'
    assert read("a.ods", odf(sheet, "spreadsheet")) == "## Stock\n\n| a | b | b |\n| a | b | b |"
    page = "<draw:page><draw:frame><draw:text-box><text:p>Claims</text:p></draw:text-box></draw:frame></draw:page>"
    assert read("a.odp", odf(page, "presentation")) == "## Slide 1\n\nClaims"


def test_rich_text_has_its_words_tables_title_and_day() -> None:
    source = (
        rb"{\rtf1\ansi\ansicpg1252{\info{\title Night shift}{\revtim\yr2024\mo3\dy5}}Led by Jos\u233? N\'fa\'f1ez.\par "
        rb"\trowd\cellx1\cellx2 Gate\cell Open\cell\row\trowd 7\cell no\cell\row\pard {\v unseen}End.}"
    )
    content = parse(Path("a.rtf"), source)
    assert content.text == "Led by José Núñez.\n\n| Gate | Open |\n| 7 | no |\n\nEnd."
    assert (content.title, content.date) == ("Night shift", "2024-03-05")
    with pytest.raises(ReadError, match="no Rich Text"):
        read("a.rtf", "Just words.")


def test_records_are_a_table_and_other_data_headings_items_and_lines() -> None:
    rows = [{"lorry": "L-1", "load": 7400, "old": False}, {"lorry": "L-2", "load": None, "depot": "Hull"}]
    records = "| lorry | load | old | depot |\n| L-1 | 7400 | false |\n| L-2 |  |  | Hull |"
    assert read("a.json", json.dumps(rows)) == records
    assert read("a.jsonl", "\n".join(map(json.dumps, rows))) == records
    text = read(
        "a.yaml", "title: Fleet rules\nspeed: 80\ndepots:\n  hull: {gates: 2, open: [Mon, Tue]}\nnotes: [a, b, c, d, e, f]\n"
    )
    assert text.startswith(
        "title: Fleet rules\nspeed: 80\n\n# depots\n\n## hull\n\ngates: 2\nopen: Mon, Tue\n\n# notes\n\n- a"
    )
    for name, bad, why in (
        ("a.json", "{", "no JSON"),
        ("a.yaml", "a: [", "no YAML"),
        ("a.json", '{"a":' * 60 + "1" + "}" * 60, "deep"),
    ):
        with pytest.raises(ReadError, match=why):
            read(name, bad)


def test_underlined_titles_of_restructured_text_are_headings() -> None:
    text = "Rules\n=====\n\nHoist\n-----\n\nIt lifts.\n\nGate\n-----\nShort\n--\n"
    assert read("a.rst", text) == "# Rules\n\n## Hoist\n\nIt lifts.\n\n## Gate\nShort\n--\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["The gate opens at 7.\n" * 3, "Ворота 7 открыты с утра до вечера.\n" * 3])
def test_utf_16_is_told_without_its_mark(encoding: str, text: str) -> None:
    assert read("a.txt", text.encode(encoding)) == text


def test_data_within_a_text_is_no_text() -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 6000
    assert read("a.md", f"# Report\n\n![chart]({picture})\n\nThe fee is 95 euros.\n") == (
        "# Report\n\n![chart]()\n\nThe fee is 95 euros.\n"
    )


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("untitled", "Fleet"), ("(anonymous)", "Fleet"), ("about:blank", "Fleet"), ("Document1", "Fleet"), ("", "Fleet"),
        ("Microsoft Word - lease 2024.docx", "lease 2024"), ("Untitled stories", "Untitled stories"),
        ("Book of hours", "Book of hours"),
    ],
)  # fmt: skip
def test_a_title_that_says_nothing_is_none(stated: str, title: str) -> None:
    document = docx.Document()
    document.core_properties.title = stated
    document.add_heading("Fleet", 1)
    assert parse(Path("a.docx"), saved(document)).title == title


def test_a_template_s_date_and_one_to_come_are_none() -> None:
    for made in (docx.Document(), pptx.Presentation()):
        name = "a.docx" if hasattr(made, "paragraphs") else "a.pptx"
        if name == "a.docx":
            made.add_paragraph("Words.")
        else:
            made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Words."
        assert parse(Path(name), saved(made)).date == ""
        made.core_properties.modified = datetime(2099, 1, 1)
        assert parse(Path(name), saved(made)).date == ""
        made.core_properties.modified = datetime(2024, 3, 5)
        assert parse(Path(name), saved(made)).date == "2024-03-05"


@pytest.mark.parametrize("name", ["a.doc", "a.msg", "a.zip", "a.heic", "a.pages"])
def test_what_is_not_read_says_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ReadError, match="are not read: (save|unpack|export)"):
        load(tmp_path / name)


def test_a_cell_keeps_its_words_beside_a_table_within_it_and_nothing_hidden_is_a_term() -> None:
    inner = "<table><tr><td>in</td><td>out</td></tr><tr><td>more</td></tr></table>"
    text = read("a.html", f"<table><tr><th>Item<th>Info</tr><tr><td>Pump<td>Costs 500 EUR {inner} since May</table>")
    assert text == "| Item | Info |\n| Pump | Costs 500 EUR in out; more since May |"
    assert read("a.html", "<dl><dt>A</dt><dd hidden>secret</dd><dd>seen</dd></dl>") == "A: seen"


def test_lists_and_frames_of_opendocument_lose_and_double_nothing() -> None:
    frame = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    body = f"<text:p>Above{frame.format('OUTER' + frame.format('INNER'))}</text:p>"
    body += (
        "<text:list><text:list-item><text:p>item<text:note><text:note-body><text:p>why</text:p></text:note-body></text:note>"
    )
    body += f"</text:p>{MERGED_ODF}</text:list-item></text:list>"
    text = read("a.odt", odf(body))
    assert text == f"Above\n\nOUTER\n\nINNER\n\n- item\n\nFootnote: why\n\n{GRID}"


def test_data_with_names_tags_and_breaks_of_any_kind_is_read() -> None:
    assert read("a.yaml", "- {2: x, on: y}\n- {2: z, on: w}\n") == "| 2 | True |\n| x | y |\n| z | w |"
    assert read("a.yaml", "bucket: !Ref Store\nports: !!set {b, a}\n") == "bucket: Store\nports: a, b"
    assert read("a.jsonl", '{"a": "x\u2028y", "b": 1}\n{"a": "z", "b": 2}\n') == "| a | b |\n| x y | 1 |\n| z | 2 |"
    with pytest.raises(ReadError, match="too many digits"):
        read("a.json", "1" * 5000)


ALIASES = (
    "a: &a ["
    + "word, " * 9
    + "]\n"
    + "".join(f"{chr(n + 1)}: &{chr(n + 1)} [{f'*{chr(n)}, ' * 9}]\n" for n in range(97, 104))
)
WIDE = f"<table><tr><td>a<td colspan=1000 rowspan=1000>{'x' * 90}</tr>{'<tr><td>x' * 200}</table>"


@pytest.mark.parametrize(("name", "data"), [("a.html", WIDE), ("a.yaml", ALIASES)])
def test_a_file_that_says_itself_over_and_over_is_refused(name: str, data: str) -> None:
    with pytest.raises(ReadError, match="repeats itself|more than 1,000,000 values"):
        read(name, data)
