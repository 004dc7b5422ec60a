"""Small talk, and questions about the assistant or the library itself: answered at once, without a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.tasks.mentioned import readable, title_of
from assistant.untrusted.intents import intent
from index.library.library import Library
from index.types import Document, Filters

_ASK_ON = "Ask me something about your documents."

_REPLIES: Mapping[str, str] = {
    "greeting": f"Hello. {_ASK_ON}",
    "thanks": f"You are welcome. {_ASK_ON}",
    "goodbye": "Goodbye.",
    "apology": f"No problem. {_ASK_ON}",
    "remark": f"Good. {_ASK_ON}",
    "complaint": "I am sorry. A click on a citation shows where a statement comes from; in other words I may find more.",
    "about_me": "I am Quarry, a program that answers questions from your organisation's own documents. I am no person.",
    "outside": (
        "I search the documents of my library alone, not the internet. What you ask stays on this machine, "
        "unless a server was set as QUARRY_LLM."
    ),
    "adding": (
        "Documents come into the library with `quarry ingest FOLDER`. Run it again after files were added, changed or "
        "removed: only those are read anew."
    ),
}

_ABILITIES = (
    "I look up what your documents say and show the passages word for word, each opened by a click. "
    "Where they don't hold an answer I say so and show the nearest passages. "
    "Ask in the documents' language, ask on (I take earlier questions into account), "
    "or have a document summed up or two compared."
)

LISTED = 20
"""Documents named in an answer; the page and `quarry status` list all."""


def meta(question: str, library: Library, filters: Filters | None = None) -> str | None:
    """The answer to small talk or to a question about the assistant or the library; None where it is neither."""
    wanted = intent(question, library.embedder)
    if not wanted or wanted in _REPLIES:
        return _REPLIES.get(wanted)
    documents = readable(library, filters)
    match wanted:
        case "abilities":
            return f"{_ABILITIES} {_held(documents)}"
        case "publishers":
            publishers = _listed(documents, lambda one: " ".join(one.publisher.split()) or "publisher not stated")
            return f"{_counted(documents)}: {publishers}."
        case "newest" | "oldest":
            return _dated(documents, newest=wanted == "newest")
    return _held(documents)


def _dated(documents: list[Document], *, newest: bool) -> str:
    """The newest or the oldest document, or that none has a date."""
    dated = sorted((one for one in documents if one.date), key=lambda one: one.date or "")
    if not dated:
        return f"None of my documents has a date that is known to me. {_held(documents)}"
    one = dated[-1] if newest else dated[0]
    undated = len(documents) - len(dated)
    return f"“{title_of(one)}” ({one.date}){f'; {undated} more are undated' if undated else ''}. {_held(documents)}"


def _held(documents: list[Document]) -> str:
    """The documents with their dates, newest first, the undated last."""
    ordered = sorted(documents, key=lambda document: document.date or "", reverse=True)
    return f"{_counted(ordered)}, newest first: {_listed(ordered, lambda one: one.date or 'undated')}."


def _counted(documents: list[Document]) -> str:
    return f"I hold {len(documents)} {'document' if len(documents) == 1 else 'documents'}"


def _listed(documents: list[Document], fact: Callable[[Document], str]) -> str:
    named = [f"“{title_of(document)}” ({fact(document)})" for document in documents[:LISTED]]
    more = f" and {len(documents) - LISTED} more" if len(documents) > LISTED else ""
    return f"{'; '.join(named)}{more}"
