"""A text or query in, the words that keywords are found by out: one way to cut both, so that their parts meet.

Beside the words as written there are forms of the same thing: "50t", "50 t" and "50" meet, "LT-100/5" and "LT100/5",
"1,200" and "1200". Chinese, Japanese and Korean are cut into overlapping pairs of characters, as Lucene does.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

VERSION = 2
"""Raised whenever a text is cut otherwise than before: keywords of another version are not mixed with."""

STOP_WORDS = frozenset(
    "a about an and any are as at be been but by can could did do does for from had has have how i if in into is it its "
    "just many me much my no not of on or our please s she he so some t tell than that the their them then there these "
    "they this those to was we were what when where which who whom whose why will with would you your us".split()
)

_stemmer = snowballstemmer.stemmer("porter")  # as in the keyword index
_stemming = threading.Lock()  # it works within its own fields: two threads at once would get each other's stems

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"(?P<cjk>[{_CJK}]+)|\d+(?:\.\d+)+[^\W{_CJK}]*|[^\W{_CJK}]+")
"""A run of Chinese characters; a decimal (or date, or version), perhaps with its unit; a word."""

MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
"""What is written over, under or beside a letter and is none to Python or FTS5: vowels of Hindi or Thai, accents that no
composed letter holds. Words are kept without them, or they would be cut at each."""

_UNMARKED = str.maketrans("", "", MARKS)

_NO_TOKEN = re.compile("[_\u3099-\u309c\u30a0\u30fb\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]+")
"""Marks that Python counts among letters, or that lie among the Chinese ones, and FTS5's tokenizer drops: no word is made of
them alone. Its rows never held one, so those of older data folders are as they would be now, and `VERSION` stays."""

_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)")
_SEPARATOR = re.compile(r"[,\u00a0\u2009\u202f]")

_UNIT = 3
"""The longest word that is joined to a number before it, in letters: "50 t", "12 MW", "30 ppm"."""


def words(query: str) -> list[str]:
    """The words of a query that say something, lower case, each once, in order; all words where none does.

    "US", "IT" and "WHO" in capitals are names, unless all of the query is in capitals.
    """
    found = [form for form, written in _forms(query) if written]
    telling = [
        word.lower()
        for word in found
        if word.lower() not in STOP_WORDS or (len(word) > 1 and word.isupper() and not query.isupper())
    ]
    return list(dict.fromkeys(telling or [word.lower() for word in found]))


def query_forms(query: str) -> list[str]:
    """What a query is searched by, each once: its `words`, then the other forms of its numbers and codes."""
    forms = (form.lower() for form, written in _forms(query) if not written and (len(form) > 1 or form.isdecimal()))
    return list(dict.fromkeys([*words(query), *(form for form in forms if form not in STOP_WORDS)]))


def index_text(text: str) -> str:
    """A text's words in all their forms, as the keyword index holds them."""
    return " ".join(form for form, _ in _forms(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word; words of other scripts stay as they are."""
    with _stemming:
        return str(_stemmer.stemWord(word)) or word  # nothing is left of "s"


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(word) for word in index_text(text.lower()).split())


def _forms(text: str) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it is written so; the other forms of it follow."""
    return (form for form in _cut(text) if not _NO_TOKEN.fullmatch(form[0]))


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    text = _THOUSANDS.sub(lambda found: _SEPARATOR.sub("", found[0]), text)
    text = unicodedata.normalize("NFKC", text).translate(_UNMARKED)  # also "ﬁ" of a PDF, and digits of full width
    before, end = "", 0
    code: list[str] = []
    for found in _WORD.finditer(text):
        word, gap = found[0], text[end : found.start()]
        end = found.end()
        if len(gap) != 1 or gap not in "-/–‑":
            yield from _joined(code)
            code = []
        if found["cjk"]:
            yield from _pairs(word)
            before = ""
            continue
        yield word, True
        if before and gap == " " and _is_unit(word):
            yield before + word, False
        before = word if word[-1].isdecimal() and word[0].isdecimal() else ""
        parts = _PARTS.findall(word)
        if len(parts) > 1:
            yield from ((part, False) for part in parts)
        code.append(word)
    yield from _joined(code)


def _is_unit(word: str) -> bool:
    return len(word) <= _UNIT and word.isalpha() and (word == "t" or word.lower() not in STOP_WORDS)


_PARTS = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")


def _joined(code: list[str]) -> Iterator[tuple[str, bool]]:
    """The words between which only hyphens or slashes stand as one, if there are letters and digits in it."""
    whole = "".join(code)
    if len(code) > 1 and any(map(str.isdecimal, whole)) and any(map(str.isalpha, whole)):
        yield whole, False


def _pairs(run: str) -> Iterator[tuple[str, bool]]:
    """Overlapping pairs of characters, which stand for words, and each character, for who searches one alone."""
    if len(run) == 1:
        yield run, True
        return
    for first, second in zip(run, run[1:], strict=False):
        yield first + second, True
    for character in run:
        yield character, False


def telling(text: str) -> list[str]:
    """The words of a text that are no stop words, lower case."""
    return [word for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]
