"""What a translation should know of the library: the names its documents hold most, and the elements a question names.

A small model writes a name it can't know by its sound and takes one metal for another; with the names before it, it picks
the one meant.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from assistant.injection import gives_orders
from assistant.names import is_word, names, small_words
from assistant.sanitize import promptable
from index.filters import narrowed
from index.library import Library
from index.sentences import sentences
from index.types import Filters
from index.words import STOP_WORDS

MOST_NAMES = 40
"""Names told: some 150 tokens, read once as long as the library stays the same."""

MOST_DOCUMENTS = 200
"""Documents whose names are counted."""

_ELEMENTS = (
    "lithium 锂 리튬 лити[йяюе] литий, magnesium 镁 마그네슘 магни[йяюе] магний, "
    "aluminium 铝 알루미늄 алюмини алюминий, silicon 硅 규소|실리콘 кремни кремний, titanium 钛 티타늄 титан титан, "
    "vanadium 钒 바나듐 ванади ванадий, chromium 铬 크롬 хром хром, manganese 锰 망간 марган марганец, "
    "cobalt 钴 코발트 кобальт кобальт, nickel 镍 니켈 никел никель, copper 铜 구리 мед(?:[ьюн]|и(?![а-яё])) медь, "
    "zinc 锌 아연 цинк цинк, gallium 镓 갈륨 галли галлий, germanium 锗 게르마늄|저마늄 германи германий, "
    "arsenic 砷 비소 мышьяк мышьяк, selenium 硒 셀레늄 селен(?!и) селен, zirconium 锆 지르코늄 циркони цирконий, "
    "niobium 铌 나이오븀|니오븀 ниоби ниобий, molybdenum 钼 몰리브덴|몰리브데넘 молибден молибден, "
    "ruthenium 钌 루테늄 рутени рутений, rhodium 铑 로듐 роди[йяюе] родий, palladium 钯 팔라듐 паллади палладий, "
    "silver 白银 백은|은값 серебр серебро, cadmium 镉 카드뮴 кадми кадмий, indium 铟 인듐 инди[йяюе] индий, "
    "tin 锡 주석 олов олово, antimony 锑 안티모니|안티몬 сурьм сурьма, tellurium 碲 텔루륨 теллур теллур, "
    "tantalum 钽 탄탈럼|탄탈 тантал тантал, tungsten 钨 텅스텐 вольфрам вольфрам, rhenium 铼 레늄 рени[йяюе] рений, "
    "platinum 铂 백금 платин платина, gold 黄金 황금|금값 золот золото, mercury 汞 수은 ртут ртуть, "
    "bismuth 铋 비스무트|창연 висмут висмут, uranium 铀 우라늄 уран(?!г) уран, graphite 石墨 흑연 графит графит, "
    "rare_earths 稀土 희토류 редкоземел редкоземельные_металлы"
).split(", ")
_ROWS = [[word.replace("_", " ") for word in row.split(" ")] for row in _ELEMENTS]
"""Each in English, Chinese, Korean, the stem in Russian and the name in Russian. The stem is in small letters: with a
capital it is a country."""
_SPELT = [(row[0], "|".join(row[1:4])) for row in _ROWS]
"""Each in English, and a pattern of its names elsewhere."""
_COLUMN = {"Chinese": 1, "Korean": 2, "Russian": 4}


def names_in(library: Library, filters: Filters | None) -> tuple[str, ...]:
    """The titles of the documents that may be searched and the names they hold most, at most `MOST_NAMES` of each."""
    return _names(library, library.changes, filters or Filters())


@lru_cache(maxsize=8)
def _names(library: Library, changes: int, filters: Filters) -> tuple[str, ...]:
    """The same; `changes` tells one state of the library from the next."""
    ids = set(narrowed(filters, library.engine).document_ids)
    found = [
        one
        for one in library.documents()
        if (not ids or one.id in ids) and (not filters.collections or one.collection in filters.collections)
    ][:MOST_DOCUMENTS]
    passages = [chunk.text for document in found for chunk in library.chunks_of(document.id)]
    small = small_words(passages)
    counted: Counter[str] = Counter()
    for text in passages:
        own = {name for start, end in sentences(text) for _, name in names(" ".join(text[start:end].split()), small)}
        counted.update(name for name in own if not is_word(name, small))
    known = (*(one.title[:60] for one in found[:3]), *(name for name, _ in counted.most_common(MOST_NAMES)))
    return tuple(promptable(name) for name in known if not gives_orders(name))


def with_elements(text: str, language: str) -> str:
    """An English text with the elements it names in another language, which a translation into it then keeps.

    Names such as "Korea Zinc" stay; for a language without a glossary the whole text does.
    """
    if not (column := _COLUMN.get(language)):
        return text
    called = {row[0]: row[column].partition("|")[0] for row in _ROWS}
    pattern = rf"(?<![\w’'-])(?:{'|'.join(called)}|(?:{'|'.join(map(str.capitalize, called))})(?! [A-Z]))\b(?![’'-])"

    def named(found: re.Match[str]) -> str:
        before = re.search(r"\b([A-Z][\w&’'-]*) $", text[: found.start()])
        in_name = found[0][0].isupper() and before and before[1].lower() not in STOP_WORDS
        return found[0] if in_name else called[found[0].lower()]

    return re.sub(pattern, named, text)


def elements_kept(text: str, translation: str) -> bool:
    """Whether a translation names the elements of `text`, where these stand in its language already."""
    return _elements_in(text) <= _elements_in(translation)


def _elements_in(text: str) -> frozenset[str]:
    """The elements named in Chinese, Korean or Russian, there also with a capital in the nominative."""
    return frozenset(
        english for (english, foreign), row in zip(_SPELT, _ROWS, strict=True) if re.search(_as_word(foreign, row[4]), text)
    )


def _as_word(foreign: str, russian: str) -> str:
    return rf"(?<![а-яё])(?:{foreign})[а-яё]*|\b{russian.capitalize()}\b"


def elements_named(question: str) -> str:
    """A question in Chinese, Korean or Russian with the elements it names in English, which a translation keeps."""
    for english, foreign in _SPELT:
        question = re.sub(rf"(?<![а-яё])(?:{foreign})[а-яё]*", f" {english} ", question)
    return " ".join(question.split())
