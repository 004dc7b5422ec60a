"""Text of documents and people, without what a terminal, a browser or a language model would obey instead of showing."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])|[\x00-\x08\x0b-\x1f\x7f-\x9f]",
)
"""Terminal escape sequences, and control characters except tab and line feed."""

_HIDDEN = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that have no width, turn the direction of writing, or spell out tags that nobody sees. The joiners of Indic
scripts and of emoji stay."""

_MARKER = re.compile(r"[\[【]\s*(\^?#?\d+(?:\s*[,;–-]\s*\d+)*)\s*[\]】]")

_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\((?:[^()\s]|\([^()\s]*\))*(?:\s[^()\n]*)?\)")
_TAG = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?(?:a|audio|base|body|button|div|embed|form|frame|html|i?frame|img|input|link|meta"
    r"|object|p|script|span|style|svg|video)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
"""HTML that loads, links or runs something, and its usual wrapping. Other words in angle brackets may be meant."""

_TEMPLATE = re.compile(
    r"<\s?[|｜][^<>\n]{1,40}[|｜]\s?>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?s>|<(?:bos|eos|pad|unk)>"
    r"|</?(?:think|tool_call|tool_response|tools)>|<fim_(?:prefix|suffix|middle)>",
    re.IGNORECASE,
)
"""Marks by which language models part a conversation into turns: ChatML, Llama, Gemma, Mistral, DeepSeek, Qwen."""

TURN = re.compile(
    r"<[|｜](?:im_start|start_header_id|system|user|assistant|im_end|eot_id)[|｜]>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    re.IGNORECASE,
)
"""Those of them that open or close a turn."""


def printable(text: str) -> str:
    """The text as it is seen: no terminal escapes, no control characters, nothing hidden."""
    return _HIDDEN.sub("", _CONTROL.sub("", text))


_IGNORABLE = re.compile("[\u034f\u061c\u115f\u1160\u17b4\u17b5\u200c\u200d\u3164\ufe00-\ufe0f\uffa0]")
"""Characters without ink that `printable` keeps, as scripts or emoji need some of them."""

_LOOK_ALIKE = str.maketrans(
    "аеіјкорсухѕԁһӏАВЕІЈКМНОРСТУХЅαικνορτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeijkopcyxsdhlABEIJKMHOPCTYXSaikvoptuABEZHIKMNOPTYX"
)
"""Cyrillic and Greek letters that look like Latin ones."""

_MIXED = re.compile(r"(?=\w*[a-zA-Z])(?=\w*[\u0370-\u052f])\w+")
_DIGIT_IN_WORD = re.compile(r"(?<=[a-zA-Z])[01345](?=[a-z]{2})")
_LETTERS = str.maketrans("01345", "oieas")
_SPACED = re.compile(r"(?<!\S)\w(?: \w){3,}(?!\S)")


def legible(text: str) -> str:
    """The printable text in the letters it is read as: no look-alikes of other scripts or widths, no s p a c e d words."""
    text = printable(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _IGNORABLE.sub("", text))
        text = _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKE), text)
    text = _DIGIT_IN_WORD.sub(lambda digit: digit[0].translate(_LETTERS), text)
    return _SPACED.sub(lambda word: word[0].replace(" ", ""), text)


def plain(text: str) -> str:
    """The printable text without HTML, with links and images as their words, and with "(1)" where it has a "[1]".

    What is left can't pass for one of our citations' markers, and loads nothing where it is shown as Markdown.
    """
    return _MARKER.sub(r"(\1)", unlinked(printable(text)))


def unlinked(text: str) -> str:
    """The text without HTML, with Markdown's links and images as their words."""
    return _LINK.sub(r"\1", _TAG.sub("", text))


def promptable(text: str) -> str:
    """The text as data of a prompt, on one line: no chat template's marks, no markers, nothing hidden."""
    while (cleaned := _TEMPLATE.sub(" ", text)) != text:  # what is left of "<|im<|x|>_start|>" may be a mark again
        text = cleaned
    return " ".join(plain(text).split())
