from pathlib import Path

import docx
from docx.oxml import parse_xml

from index.parsing.file import parse
from tests.office_files import added, changed, make_docx, saved

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def body(xml: str) -> str:
    """The text of a file with this XML in its body."""
    document = docx.Document()
    document.add_paragraph("Start.")
    for element in parse_xml(f"<w:body {NAMES}>{xml}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, element)
    return parse(Path("a.docx"), saved(document)).text.removeprefix("Start.").lstrip("\n")


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_content_controls_and_insertions_are_read_and_deletions_are_not() -> None:
    deleted = "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
    assert body(f"<w:p>{run('It is ')}<w:ins>{run('new')}</w:ins>{deleted}</w:p>") == "It is new"
    assert body(f"<w:sdt><w:sdtContent><w:p>{run('controlled')}</w:p></w:sdtContent></w:sdt>") == "controlled"


def test_tables_of_contents_are_left_out() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("Plans ........ 3", style="toc 1")
    document.add_heading("Plans", 1)
    assert parse(Path("a.docx"), saved(document)).text == "# Plans"


def test_headings_are_known_by_outline_and_by_the_style_that_theirs_is_based_on() -> None:
    document = docx.Document()
    document.styles.add_style("Own", 1).base_style = document.styles["Heading 2"]
    document.add_paragraph("By style", style="Own")
    text = parse(Path("a.docx"), saved(document)).text
    assert text == "## By style"
    assert body(f'<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>{run("By outline")}</w:p>') == "### By outline"


def test_merged_cells_stand_wherever_they_cover() -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "high"
    rows = parse(Path("a.docx"), saved(document)).text.split("\n")
    assert rows == ["| wide | wide | 02 |", "| high | 11 | 12 |", "| high | 21 | 22 |"]


def test_a_list_counts_anew_below_each_item() -> None:
    numbers = "".join(f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="decimal"/></w:lvl>' for depth in (0, 1))
    document = docx.Document()
    lists = document.part.numbering_part.element
    lists.insert(0, parse_xml(f'<w:abstractNum {NAMES} w:abstractNumId="77">{numbers}</w:abstractNum>'))
    lists.append(parse_xml(f'<w:num {NAMES} w:numId="78"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, text in [(0, "one"), (1, "a"), (1, "b"), (0, "two"), (1, "c")]:
        number = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="78"/></w:numPr></w:pPr>'
        document.element.body.insert(-1, parse_xml(f"<w:p {NAMES}>{number}{run(text)}</w:p>"))
    assert parse(Path("a.docx"), saved(document)).text == "1. one\n\n  1. a\n\n  2. b\n\n2. two\n\n  1. c"


def test_footnotes_follow_the_paragraph_that_refers_to_them() -> None:
    note = f'<w:footnotes {NAMES}><w:footnote w:id="7"><w:p>{run("Since 2020.")}</w:p></w:footnote></w:footnotes>'
    data = changed(
        make_docx(), "word/document.xml", "12 tons a year.</w:t>", '12 tons a year.</w:t><w:footnoteReference w:id="7"/>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    data = changed(data, "word/_rels/document.xml.rels", "</Relationships>", relation)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    data = changed(data, "[Content_Types].xml", "</Types>", part)
    data = added(data, "word/footnotes.xml", note)
    assert "12 tons a year.\n\nFootnote: Since 2020.\n\n## Steps" in parse(Path("a.docx"), data).text
