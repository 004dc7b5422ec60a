"""Books as EPUB: the chapters in reading order, their headings marked."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from index.errors import ReadError
from index.parsing.content import Content, decode, iso_date, unpack
from index.parsing.formats.html import page
from index.parsing.marked import joined, one_line

_CONTAINER = "META-INF/container.xml"
_PAGES = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}
_FONTS = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
"""Ways of encryption that hide the fonts alone."""


def read_epub(data: bytes) -> Content:
    """The text of a book, with its title and the day it came out.

    Raises:
        ReadError: it is protected, or holds no list of its chapters.
    """
    archive = unpack(data)
    _check_open(archive)
    roots = _xml(archive, _CONTAINER).xpath("//*[local-name()='rootfile']/@full-path")
    if not roots:
        raise ReadError("it is no sound book: it names no list of its contents")
    package = _xml(archive, roots[0])
    items = {one.get("id"): one for one in package.xpath("//*[local-name()='manifest']/*")}
    texts = []
    for reference in dict.fromkeys(package.xpath("//*[local-name()='spine']/*/@idref")):  # once each, as books have them
        one = items.get(reference)
        if one is None or one.get("media-type") not in _PAGES or "nav" in one.get("properties", "").split():
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(roots[0]), unquote(one.get("href", ""))))
        texts.append(page(decode(archive.read(name)).removeprefix("\ufeff")).text)
    title = package.xpath("string(//*[local-name()='metadata']/*[local-name()='title'])")
    dates = package.xpath("//*[local-name()='metadata']/*[local-name()='date']/text()")
    return Content(joined(texts), title=one_line(title), date=next(filter(None, map(iso_date, dates)), ""))


def _check_open(archive: zipfile.ZipFile) -> None:
    name = "META-INF/encryption.xml"
    if name in archive.namelist():
        ways = _xml(archive, name).xpath("//*[local-name()='EncryptedData']/*[local-name()='EncryptionMethod']/@Algorithm")
        if set(ways) - _FONTS:
            raise ReadError("it is protected against copying: only the programs of its shop can read it")


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of an XML file in the archive; what it refers to outside is not fetched."""
    from lxml import etree

    return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
