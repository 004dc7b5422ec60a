"""Hostile Office files and books: sound ones, of which one member alone is not, so that what opens files comes to it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from tests.office_files import added, make_docx, make_epub, make_pptx, make_xlsx

SOUND = {
    kind: cache(make)
    for kind, make in zip((".docx", ".pptx", ".xlsx", ".epub"), (make_docx, make_pptx, make_xlsx, make_epub), strict=True)
}
"""What makes a sound file of each kind."""

SECRET = "/etc/passwd"
"""A file that hostile ones would have read."""

PLACES = {
    ".docx": (
        ("word/document.xml", "The plant in Onsan"),
        ("docProps/core.xml", "Plans for"),
        ("word/numbering.xml", "<w:num "),
    ),
    ".pptx": (
        ("ppt/slides/slide1.xml", "The plant opens"),
        ("docProps/core.xml", "PowerPoint"),
        ("ppt/charts/chart1.xml", "2027"),
    ),
    ".xlsx": (("xl/worksheets/sheet1.xml", "Onsan"), ("docProps/core.xml", "Output of"), ("xl/workbook.xml", "<sheets>")),
    ".epub": (
        ("OEBPS/two.xhtml", "The plant costs"),
        ("OEBPS/book.opf", "Plans for"),
        ("META-INF/container.xml", "<rootfiles>"),
    ),
}
"""The members that hold the text, the title and how the file is made up, and what each holds: bombs go before it."""


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdefghi", "bcdefghij", strict=True)
)
"""A billion of them, as the entity j."""

WITHIN = {
    "laughs": (f"[{LAUGHS}]", "&j;"),
    "long entity": (f'[<!ENTITY a "{"ha" * 500_000}">]', "&a;" * 2000),
    "outside": (f'[<!ENTITY a SYSTEM "file://{SECRET}">]', "&a;"),
    "outside public": (f'[<!ENTITY a PUBLIC "x" "{SECRET}">]', "&a;"),
    "outside parameter": (f'[<!ENTITY % p SYSTEM "file://{SECRET}"> %p; <!ENTITY a "%p;">]', "&a;"),
    "outside types": (f'SYSTEM "file://{SECRET}"', ""),
    "included": ("", f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="file://{SECRET}"/>'),
    "loop of entities": ('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;"),
    "deep": ("", "<a>" * 100_000 + "</a>" * 100_000),
    "deep enough": ("", "<a>" * 200 + "</a>" * 200),
    "attributes": ("", "<a" + "".join(map(' b{}="1"'.format, range(100_000))) + "/>"),
    "names": ("", "<a" + "".join(map(' xmlns:b{0}="u{0}"'.format, range(20_000))) + "/>"),
    "unclosed": ("", "<a>" * 1000),
}
"""By name, what is declared at the head of a member, and what its text then holds."""


def hostile_archives() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names, without a number, and what makes the bytes."""
    for kind, sound in SOUND.items():
        for name, (declared, inserted) in WITHIN.items():
            for member, piece in PLACES[kind]:
                place = member.rpartition("/")[2].partition(".")[0]
                yield f"{name} in {place}{kind}", _with(kind, member, piece, declared, inserted)
        text, piece = PLACES[kind][0]
        yield f"zip bomb{kind}", lambda sound=sound, text=text: with_packed(sound(), text, b"\0", 1000)
        yield f"elements{kind}", lambda kind=kind, text=text, piece=piece: with_elements(kind, text, piece)
        yield f"bomb beside{kind}", lambda sound=sound: with_packed(sound(), "beside.bin", b"\0", 1000)
        yield f"said size{kind}", lambda sound=sound, text=text: with_packed(sound(), text, b"\0", 1000, said=5000)
        yield f"nested{kind}", lambda sound=sound, text=text: with_member(sound(), text, added(sound(), "a.zip", sound()))
        yield f"other name{kind}", lambda sound=sound, text=text: without(sound(), text)
        yield f"twice{kind}", lambda sound=sound, text=text: added(sound(), text, "<a/>")
        yield f"many members{kind}", lambda sound=sound: many_members(sound())
        yield f"macros{kind}", lambda sound=sound: added(sound(), "word/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(1000))
        yield f"paths{kind}", lambda sound=sound: added(added(sound(), "../../a.xml", "<a/>"), SECRET, "x")
        yield f"locked{kind}", lambda sound=sound: locked(sound())
        yield f"empty archive{kind}", lambda: packed({})
    yield from _docx()
    yield from _xlsx()
    yield from _epub()


def _docx() -> Iterator[tuple[str, Callable[[], bytes]]]:
    text, piece = PLACES[".docx"][0]
    end, start = "</w:t></w:r></w:p>", "<w:p><w:r><w:t>"
    deep = f"{end}{'<w:tbl><w:tr><w:tc>' * 80}<w:p/>{'</w:tc></w:tr></w:tbl>' * 80}{start}"
    yield "tables in tables.docx", _with(".docx", text, piece, "", deep)
    properties = f'<w:pPr><w:numPr><w:ilvl w:val="{2**31 - 1}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    yield "deep item.docx", _with(".docx", text, piece, "", f"Item.{end}<w:p>{properties}<w:r><w:t>")
    cell = "<w:tr><w:tc><w:tcPr><w:vMerge{}/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    rows = cell.format(' w:val="restart"', "ha" * 500_000) + cell.format("", "") * 10_000
    yield "merged cells.docx", _with(".docx", text, piece, "", f"{end}<w:tbl>{rows}</w:tbl>{start}")
    target = '<Relationship Id="rId99" TargetMode="External" Target="{}" Type="http://schemas.openxmlformats.org/{}"/>'
    outside = target.format(f"file://{SECRET}", "officeDocument/2006/relationships/footnotes")
    yield "outside part.docx", _with(".docx", "word/_rels/document.xml.rels", "</Relationships>", "", outside)
    within = outside.replace(' TargetMode="External"', "").replace("file://", "../../../..")
    yield "path out.docx", _with(".docx", "word/_rels/document.xml.rels", "</Relationships>", "", within)


def _xlsx() -> Iterator[tuple[str, Callable[[], bytes]]]:
    sheet = "xl/worksheets/sheet1.xml"

    def rows(inserted: str) -> Callable[[], bytes]:
        return _with(".xlsx", sheet, "</sheetData>", "", inserted)

    yield "last row.xlsx", rows('<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>')
    yield "last column.xlsx", rows("".join(f'<row r="{n}"><c r="ZZZ{n}"><v>1</v></c></row>' for n in range(4, 100_000)))
    yield "no such string.xlsx", rows('<row r="4"><c r="A4" t="s"><v>99999999</v></c></row>')
    yield "calls.xlsx", rows('<row r="4"><c r="A4"><f>WEBSERVICE("http://example.org")+cmd|\' /C calc\'!A0</f></c></row>')
    yield "open formulas.xlsx", rows("<f " * 1_000_000)
    yield "wide formula.xlsx", rows(f'<row r="4"><c r="A4"><f>1</f>{" " * 1_000_000}<v>1</v></c></row>')
    styles = 'formatCode="0.0%"'
    yield (
        "long format.xlsx",
        lambda: replaced(SOUND[".xlsx"](), "xl/styles.xml", styles, f'formatCode="0.{"0" * 1_000_000}"'),
    )
    long = f"<si><t>{'ha' * 500_000}</t></si>"
    shared = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(4, 10_000))
    yield "one string.xlsx", lambda: with_strings(rows(shared)(), f"<sst>{long}</sst>")
    yield (
        "laughing strings.xlsx",
        lambda: with_strings(rows(shared)(), f"<!DOCTYPE x [{LAUGHS}]><sst><si><t>&j;</t></si></sst>"),
    )
    outside = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{SECRET}">]><sst><si><t>&a;</t></si></sst>'
    yield "outside strings.xlsx", lambda: with_strings(rows(shared)(), outside)


def _epub() -> Iterator[tuple[str, Callable[[], bytes]]]:
    opf, chapter, book = "OEBPS/book.opf", "OEBPS/two.xhtml", SOUND[".epub"]
    again = '<itemref idref="two"/>'
    yield "chapter again.epub", lambda: replaced(book(), opf, again, again * 200_000)
    out = f'href="../../../..{SECRET}"'
    yield "path out.epub", lambda: replaced(book(), opf, 'href="two.xhtml"', out)
    yield "address.epub", lambda: replaced(book(), opf, 'href="two.xhtml"', f'href="file://{SECRET}"')
    yield "root outside.epub", lambda: replaced(book(), "META-INF/container.xml", "OEBPS/book.opf", SECRET)
    seen = f'<img src="file://{SECRET}"/><iframe src="file://{SECRET}"/><object data="file://{SECRET}"/>'
    yield "pictures outside.epub", lambda: replaced(book(), chapter, "The plant", f"{seen}The plant")
    for name in ("div", "b", "table><tr><td", "ul><li", "span"):
        yield (
            f"{name[:4].strip('>')} within.epub",
            lambda name=name: replaced(book(), chapter, "The plant", f"<{name}>" * 20_000),
        )


def _with(kind: str, member: str, piece: str, declared: str, inserted: str) -> Callable[[], bytes]:
    """What makes a sound file, but for a member that declares this at its head, and holds that before `piece`."""

    def make() -> bytes:
        return with_member(SOUND[kind](), member, declaring(read(SOUND[kind](), member), declared, piece, inserted))

    return make


def declaring(xml: str, declared: str, piece: str, inserted: str) -> str:
    head = re.match(r"(?:<\?xml[^>]*\?>\s*)?", xml)
    assert head and piece in xml, piece
    own = f"<!DOCTYPE x {declared}>" if declared else ""
    return head[0] + own + xml[head.end() :].replace(piece, inserted + piece, 1)


def read(archive: bytes, member: str) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return source.read(member).decode()


def with_member(archive: bytes, member: str, content: str | bytes) -> bytes:
    """The archive with another content of a member."""
    return packed({**members(archive), member: content})


def without(archive: bytes, member: str) -> bytes:
    return packed({name: content for name, content in members(archive).items() if name != member})


def replaced(archive: bytes, member: str, old: str, new: str) -> bytes:
    text = read(archive, member)
    assert old in text, old
    return with_member(archive, member, text.replace(old, new, 1))


def members(archive: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return {name: source.read(name) for name in source.namelist()}


def packed(files: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def many_members(archive: bytes) -> bytes:
    return packed({**members(archive), **{f"{n}/word/document.xml": "<a/>" for n in range(20_000)}})


def with_elements(kind: str, member: str, piece: str) -> bytes:
    """A member of 400 MB of empty elements, just under what is unpacked at all."""
    before, after = read(SOUND[kind](), member).split(piece, 1)
    return with_packed(SOUND[kind](), member, b"<a/>", 400, before=before.encode(), after=(piece + after).encode())


def with_packed(
    archive: bytes, member: str, unit: bytes, megabytes: int, *, before: bytes = b"", after: bytes = b"", said: int = 0
) -> bytes:
    """The archive with a member of so many megabytes of a unit, packed without being made; `said` is the size it states."""
    pack = zlib.compressobj(1, zlib.DEFLATED, -15)
    stream = pack.compress(before) + pack.flush(zlib.Z_FULL_FLUSH)
    once = unit * (1_000_000 // len(unit))
    stream += (pack.compress(once) + pack.flush(zlib.Z_FULL_FLUSH)) * megabytes + pack.compress(after) + pack.flush()
    check = zlib.crc32(before)
    for _ in range(0 if said or not before else megabytes):
        check = zlib.crc32(once, check)
    target = io.BytesIO(without(archive, member) if member in members(archive) else archive)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as more:
        more.writestr(member, stream)
        info = more.getinfo(member)  # what is written of it at the end, in the list of members that readers go by
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size = said or len(before) + megabytes * len(once) + len(after)
        info.CRC = zlib.crc32(bytes(said)) if said else zlib.crc32(after, check)
    return target.getvalue()


def locked(archive: bytes) -> bytes:
    """The archive with the mark of a password on each of its members."""
    made = bytearray(archive)
    for mark, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        for found in re.finditer(re.escape(mark), archive):
            flags = struct.unpack_from("<H", made, found.start() + place)[0]
            struct.pack_into("<H", made, found.start() + place, flags | 1)
    return bytes(made)


def with_strings(book: bytes, strings: str) -> bytes:
    """The workbook with a part of shared strings, as other programs write them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    type_ = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
    book = replaced(book, "[Content_Types].xml", "</Types>", f"{type_}</Types>")
    return added(book, "xl/sharedStrings.xml", strings.replace("<sst>", f'<sst xmlns="{main}">'))
