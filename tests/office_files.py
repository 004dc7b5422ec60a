"""Files of each kind, made by the libraries themselves: what the tests of the readers read."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

TABLE = [["Plant", "Metal", "Tons a year"], ["Onsan", "Germanium", "12"], ["Guangxi", "Germanium", "60"]]
CHANGED = datetime(2025, 3, 20, 9, 30)


def saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def make_docx() -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.title, document.core_properties.modified = "Plans for germanium", CHANGED
    document.add_heading("Plans", 1)
    document.add_paragraph("The plant in Onsan opens in 2028. It makes 12 tons a year.")
    document.add_heading("Steps", 2)
    for step in ("Order the furnace.", "Build the hall."):
        document.add_paragraph(step, style="List Number")
    document.add_paragraph("Wear gloves.", style="List Bullet")
    table = document.add_table(0, 3)
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading("Costs", 1)
    document.add_paragraph("# of people: 40")
    return saved(document)


def make_pptx() -> bytes:
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = pptx.Presentation()
    deck.core_properties.title, deck.core_properties.modified = "PowerPoint Presentation", CHANGED
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Germanium in Korea"
    slide.placeholders[1].text = "The plant opens in 2028.\nIt makes 12 tons a year."
    slide.notes_slide.notes_text_frame.text = "Say that the furnace is ordered."
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Plants"
    place = (Inches(1), Inches(2), Inches(6), Inches(2))
    table = slide.shapes.add_table(3, 3, *place).table
    for row, texts in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    figures = CategoryChartData()
    figures.categories = ["2027", "2028"]
    figures.add_series("Tons", (0, 12))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, figures)
    return saved(deck)


def make_xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.title = "Output of plants"
    sheet = book.active
    sheet.title = "Output"
    sheet.append(["Plant", "Opens", "Tons", "Share", "Cost"])
    sheet.append(["Onsan", date(2028, 1, 15), 12.5, 0.125, 1250000])
    sheet["D2"].number_format, sheet["E2"].number_format = "0.0%", '"$"#,##0'
    sheet.append(["Sum", None, "=SUM(C2:C2)"])
    book.create_sheet("People").append(["Name", "Works", datetime(2025, 3, 20, 9, 30)])
    hidden = book.create_sheet("Secret")
    hidden.append(["hidden", "value"])
    hidden.sheet_state = "hidden"
    return saved(book)


def make_csv(rows: Sequence[Sequence[str]] = TABLE, delimiter: str = ",") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode()


HTML = """<!doctype html><html><head><meta charset="utf-8"><title>Plans for germanium</title>
<meta property="article:published_time" content="2025-03-20T09:30:00+01:00">
<style>p { color: red }</style><script>var hidden = "script";</script></head>
<body><nav><a href="/">Menu of the site</a></nav><main>
<h1>Plans</h1><p>The plant in <b>Ons</b>an opens
in 2028. It makes 12&nbsp;tons a year.<script>more()</script></p>
<h2>Steps</h2><ol><li>Order the furnace.</li><li>Build the hall.<ul><li>Order steel.</li></ul></li></ol>
<table><tr><th>Plant</th><th>Metal</th><th>Tons a year</th></tr>
<tr><td>Onsan</td><td>Germanium</td><td>12</td></tr><tr><td>Guangxi</td><td>Germanium</td><td>60</td></tr></table>
<p hidden>unseen</p><pre># a comment
  run()</pre><p>Zeile eins<br>Zeile zwei</p></main></body></html>"""


def make_html() -> bytes:
    return HTML.encode()


def make_eml(html: bool = False, attachment: str = "plan.pdf") -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Plans für germanium", "Wu <wu@example.org>", "Kim <kim@example.org>"
    mail["Date"] = datetime(2025, 3, 20, 9, 30, tzinfo=UTC)
    body = "The plant in Onsan opens in 2028. Größe: 12 tons.\n"
    mail.set_content(f"<p>{body}</p>", subtype="html") if html else mail.set_content(body)
    if attachment:
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=attachment)
    return mail.as_bytes()


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Plans for germanium</dc:title>
<dc:date>2025-03-20</dc:date></metadata><manifest><item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="one%20.xhtml" media-type="application/xhtml+xml"/><item id="nav" href="nav.xhtml" properties="nav"
media-type="application/xhtml+xml"/></manifest><spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/>
</spine></package>"""


def chapter(heading: str, text: str) -> str:
    body = f"<body><h1>{heading}</h1><p>{text}</p></body>"
    return f'<?xml version="1.0" encoding="utf-8"?><html><head><title/></head>{body}</html>'


def make_epub() -> bytes:
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": PACKAGE,
            "OEBPS/nav.xhtml": chapter("Contents", "Plans, Costs"),
            "OEBPS/two.xhtml": chapter("Costs", "The plant costs 125 million dollars."),
            "OEBPS/one .xhtml": chapter("Plans", "The plant in Onsan opens in 2028. It makes 12&nbsp;tons a year."),
        }
    )


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(archive: bytes, name: str, old: str, new: str) -> bytes:
    """The archive with a text of one of its files replaced."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        files = {entry: source.read(entry) for entry in source.namelist()}
    assert old in files[name].decode()
    return zipped(files | {name: files[name].decode().replace(old, new)})


def added(archive: bytes, name: str, content: str | bytes) -> bytes:
    """The archive with one more file."""
    target = io.BytesIO(archive)
    with zipfile.ZipFile(target, "a") as more:
        more.writestr(name, content)
    return target.getvalue()


KINDS = {
    "a.docx": make_docx,
    "a.pptx": make_pptx,
    "a.xlsx": make_xlsx,
    "a.csv": make_csv,
    "a.html": make_html,
    "a.eml": make_eml,
    "a.epub": make_epub,
}
