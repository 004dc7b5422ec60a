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

MOST_NAMES = 40
"""Names told: some 150 tokens, read once as long as the library stays the same."""

MOST_DOCUMENTS = 200
"""Documents whose names are counted."""

_ELEMENTS = (
    "lithium 锂 리튬 лити[йяюе], magnesium 镁 마그네슘 магни[йяюе], aluminium 铝 알루미늄 алюмини, "
    "silicon 硅 규소|실리콘 кремни, titanium 钛 티타늄 титан, vanadium 钒 바나듐 ванади, chromium 铬 크롬 хром, "
    "manganese 锰 망간 марган, cobalt 钴 코발트 кобальт, nickel 镍 니켈 никел, copper 铜 구리 мед[ьюн], "
    "zinc 锌 아연 цинк, gallium 镓 갈륨 галли, germanium 锗 게르마늄|저마늄 германи, arsenic 砷 비소 мышьяк, "
    "selenium 硒 셀레늄 селен(?!и), zirconium 锆 지르코늄 циркони, niobium 铌 나이오븀|니오븀 ниоби, "
    "molybdenum 钼 몰리브덴|몰리브데넘 молибден, ruthenium 钌 루테늄 рутени, rhodium 铑 로듐 роди[йяюе], "
    "palladium 钯 팔라듐 паллади, silver 白银 백은|은값 серебр, cadmium 镉 카드뮴 кадми, "
    "indium 铟 인듐 инди[йяюе], tin 锡 주석 олов, antimony 锑 안티모니|안티몬 сурьм, tellurium 碲 텔루륨 теллур, "
    "tantalum 钽 탄탈럼|탄탈 тантал, tungsten 钨 텅스텐 вольфрам, rhenium 铼 레늄 рени[йяюе], "
    "platinum 铂 백금 платин, gold 黄金 황금|금값 золот, mercury 汞 수은 ртут, bismuth 铋 비스무트|창연 висмут, "
    "uranium 铀 우라늄 уран(?!г), graphite 石墨 흑연 графит, rare_earths 稀土 희토류 редкоземел"
).split(", ")
_SPELT = [(row[0].replace("_", " "), "|".join(row[1:])) for row in map(str.split, _ELEMENTS)]
"""Each in English, and a pattern of its names in Chinese, Korean and small Russian letters, where a capital is a country."""


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


def elements_named(question: str) -> str:
    """A question in Chinese, Korean or Russian with the elements it names in English, which a translation keeps."""
    for english, foreign in _SPELT:
        question = re.sub(rf"(?<![а-яё])(?:{foreign})[а-яё]*", f" {english} ", question)
    return " ".join(question.split())
