"""Slide decks: each slide below a heading with its number and title; texts, tables, charts' figures and notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.parsing.content import Content, last_change, unpack
from index.parsing.formats.tables.number_format import plain
from index.parsing.marked import heading, item, joined, one_line, paragraph, spread, table


def read_pptx(data: bytes) -> Content:
    """The text of a deck, with its title and the day it was last changed."""
    unpack(data)
    import pptx

    deck = pptx.Presentation(io.BytesIO(data))
    slides = list(deck.slides)
    facts = deck.core_properties
    stated = (facts.title or "").strip()
    titles = [_title(slide) for slide in slides]
    if not stated or stated.startswith("PowerPoint"):  # what it calls each deck by itself
        stated = next(filter(None, titles), "")
    bodies = [joined(_slide(slide)) for slide in slides]
    heads = [
        heading(2, f"Slide {number}: {title}" if title else f"Slide {number}") for number, title in enumerate(titles, 1)
    ]
    text = joined(block for head, body in zip(heads, bodies, strict=True) for block in (head, body))
    return Content(text if any(titles + bodies) else "", title=stated, date=last_change(facts))


def _title(slide: Any) -> str:
    shape = slide.shapes.title
    return one_line(shape.text_frame.text) if shape is not None else ""


def _slide(slide: Any) -> Iterator[str]:
    """The blocks of a slide below its title."""
    named = slide.shapes.title
    for shape in slide.shapes:
        if named is None or shape.shape_id != named.shape_id:
            yield from _shape(shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None and notes.text.strip():
        yield "Notes:"
        yield from (paragraph(one.text) for one in notes.paragraphs)


def _shape(shape: Any) -> Iterator[str]:
    """What a shape says. Slide numbers, dates and footers repeat on every slide and are left out."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape(inner)
        return
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    if kind in (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER):
        return
    if getattr(shape, "has_table", False):
        yield table(spread([_cell(cell) for cell in row.cells if not cell.is_spanned] for row in shape.table.rows))
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)
    elif shape.has_text_frame:
        paragraphs = [(one, text) for one in shape.text_frame.paragraphs if (text := _said(one)).strip()]
        listed = kind in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT) and len(paragraphs) > 1
        for one, text in paragraphs:
            yield item(text, one.level) if listed else paragraph(text.replace("\v", "\n"))


def _cell(cell: Any) -> tuple[str, int, int]:
    """A cell's text and the columns and rows that it covers."""
    text = "\n".join(map(_said, cell.text_frame.paragraphs))
    return (text, cell.span_width, cell.span_height) if cell.is_merge_origin else (text, 1, 1)


def _said(paragraph: Any) -> str:
    """A paragraph's text without what is struck out."""
    struck = paragraph._p.xpath("a:r[a:rPr[@strike='sngStrike' or @strike='dblStrike']]/a:t")
    if not struck:
        return str(paragraph.text)
    return "".join(one.text or "" for one in paragraph._p.xpath("a:r[not(a:rPr[@strike and @strike!='noStrike'])]/a:t"))


def _chart(chart: Any) -> Iterator[str]:
    """A chart's title, and its figures as a table: a row for each category, a column for each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield paragraph(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = list(plot.series)
        head = ["", *(one.name for one in series)]
        rows = zip(plot.categories, *(one.values for one in series), strict=False)
        yield table([head, *([_shown(cell) for cell in row] for row in rows)])


def _shown(cell: object) -> str:
    return plain(cell) if isinstance(cell, int | float) else str(cell or "")
