"""Whether a sentence talks about answering instead of telling something: by the kinds of word that meet in it.

One kind alone says nothing; an order to a machine has three at least, or a value to be said and by whom or how often.
Words of ten languages, so that a wording or language that no phrase of `injection_rules` has is known by its parts.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "machine": r"ai|llms?|gpt|chatbots?|(?:ro)?bots?|assistants?|models?|ki|sprachmodell\w*|assistent\w*|ia|modèles?"
    r"|asistentes?|modelos?"
    r"|ии|ассистент\w*|модел\w*|нейросет\w*",
    "answer": r"answer|reply|respond|response|output|print|say|utter|répon\w*|dites|dire|indique[rz]?|antwort\w*|sage?n?"
    r"|ausgeben|gib"
    r"|respond\w+|respuesta|contest\w*|rispond\w*|risposta|отве[чт]\w*|скажи\w*|выведи",
    "asked": r"questions?|asks?|asked|prompts?|instructions?|directives?|guidance|guidelines|rules|users?|documents?"
    r"|sources?|context"
    r"|frage\w*|anweisung\w*|dokument\w*|quelle\w*|consignes?|instruc\w+|pregunt\w*|domand\w*|вопрос\w*|инструкц\w*"
    r"|документ\w*",
    "all": r"always|every|all|any|whatever|never|only|instead|regardless|circumstances|above|previous|earlier|prior"
    r"|immer|alle\w?|jede\w*|nur|egal|bisherig\w*|vorherig\w*|toujours|toute?s?|tous|quel\w*|seulement|dessus|précéd\w*"
    r"|siempre|tod[oa]s?|cualquier\w*|solo|anterior\w*|sempre|все\w*|всегда|любо\w*|выше",
    "leave": r"ignor\w*|disregard\w*|forget|overrid\w*|bypass|skip|aside|vergiss|vergess\w*|missacht\w*|oubli\w*|olvid\w*"
    r"|dimentic\w*"
    r"|игнорир\w*|забудь\w*",
}
"""Who is spoken to, what it shall do, on what, how far, and what it shall leave."""

_SIGNS = {
    "machine": r"人工智能|助手|模型|机器人|アシスタント|モデル|인공지능|모델",
    "answer": r"回答|输出|回复|答え|出力|답변|대답|답하",
    "asked": r"问题|指令|指示|内容|用户|文档|提示|質問|文書|질문|지시|문서",
    "all": r"都|只|所有|总是|一律|前面|之前|以上|すべて|全て|常に|必ず|모든|항상|무조건",
    "leave": r"忽略|忘掉|忘记|无视|無視|무시",
}
"""The same in scripts without gaps between words."""

_VALUE = re.compile(
    r"\b(?:answer|reply|respond|output|print|say|utter|dites|dire|indique[rz]?|sage?n?|gib)\W+"
    r"(?:(?:with|that|only|exactly)\W+)*[\d\"“«„]",
    re.IGNORECASE,
)
"""The very thing to be said."""

_ENOUGH = 3

_LONGEST = 160
"""Characters. In 13,700 sentences of open corpora nine held enough kinds, all longer than this or themselves chats."""


def talks_of_answering(sentence: str) -> bool:
    """Whether a short sentence has a value to say, or three kinds of word with "leave" or "answer"; see `_WORDS`."""
    if len(sentence) > _LONGEST:
        return False
    found = frozenset[str]().union(*map(_kinds, re.findall(r"\w+", sentence.lower())))
    if not sentence.isascii():
        found |= {kind for kind, pattern in _SIGN_PATTERNS.items() if pattern.search(sentence)}
    if not found & {"leave", "answer"}:
        return False
    far = bool(found & {"all", "machine"})
    if len(found) >= _ENOUGH and (far or "leave" in found):
        return True
    return far and _VALUE.search(sentence) is not None


@lru_cache(maxsize=50_000)
def _kinds(word: str) -> frozenset[str]:
    return frozenset(kind for kind, pattern in _WORD_PATTERNS.items() if pattern.fullmatch(word))


_WORD_PATTERNS = {kind: re.compile(words) for kind, words in _WORDS.items()}
_SIGN_PATTERNS = {kind: re.compile(signs) for kind, signs in _SIGNS.items()}
