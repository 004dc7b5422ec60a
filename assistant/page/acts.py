"""What a person does on the page: each act changes what the page shows, or the work at its conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import AssistantError
from assistant.page.answer_html import shown
from assistant.page.chat_messages import SHOWN, Chat
from assistant.page.view import View
from assistant.service.answers import Question
from assistant.service.service import LocalService
from index.types import Filters


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, as `page.js` tells it: to what, at which turn, in which conversation; the collections ticked then.

    `number` counts the page's acts from 1.
    """

    what: str
    value: str = ""
    turn: int = 0
    conversation: str = ""
    number: int = 0
    filters: Filters = Filters()


def told_act(data: dict[str, Any], filters: Filters) -> Act:
    """The act that an event's data tell; what is no act is `nothing`."""
    what, value, conversation = (str(data.get(name) or "") for name in ("what", "value", "conversation"))
    turn, number = (int(given) if (given := str(data.get(name))).isdecimal() else 0 for name in ("turn", "number"))
    return Act(what if what in ACTS else "nothing", value, turn, conversation, number, filters)


def perform(service: LocalService, view: View, act: Act) -> None:
    """Do it, in the order in which the page's acts were done; what can't be is told on the page."""
    with view.acting(act.number):
        view.talk()
        try:
            ACTS[act.what](service, view, act)
        except AssistantError as error:
            view.told = f'<p class="q-remark" role="alert">{shown(str(error))}</p>'


def _ask(service: LocalService, view: View, act: Act) -> None:
    _begin(service, view, Question(act.value, act.filters))


def _again(service: LocalService, view: View, act: Act) -> None:
    """The question of a turn asked anew, in its place where it is still the last."""
    turns = view.chat.conversation.turns
    if _is_open(view, act) and 0 < act.turn <= len(turns):
        _begin(service, view, Question(turns[act.turn - 1].question, act.filters, _replaced(view, act)))


def _instead(service: LocalService, view: View, act: Act) -> None:
    """An edited question, in place of the last turn."""
    _begin(service, view, Question(act.value, act.filters, _replaced(view, act) if _is_open(view, act) else None))


def _begin(service: LocalService, view: View, question: Question) -> None:
    if not question.text.strip():
        return
    view.asks_why, view.told = False, ""
    chat = view.chat
    id_ = service.answers.ask(chat.conversation, question)
    rated = tuple((number, way) for number, way in chat.rated if number != question.replaces)
    view.chat = replace(chat, conversation=replace(chat.conversation, id=id_), rated=rated)


def _stop(service: LocalService, view: View, act: Act) -> None:
    service.answers.stop(act.turn)


def _take_back(service: LocalService, view: View, act: Act) -> None:
    service.answers.take_back(view.chat.conversation.id, act.turn)


def _new(service: LocalService, view: View, act: Act) -> None:
    view.show(Chat())


def _open(service: LocalService, view: View, act: Act) -> None:
    talk = service.answers.of(act.value)
    at_work = talk is not None and talk.question is not None
    view.show(Chat())  # so that nothing else stays open where there is none
    conversation = talk.conversation if talk and at_work else service.conversations.read(act.value)
    rated = tuple((one.number, one.rating) for one in service.feedback.of(act.value))
    view.show(Chat(conversation, rated=rated), talk)


def _find(service: LocalService, view: View, act: Act) -> None:
    view.words = act.value


def _earlier(service: LocalService, view: View, act: Act) -> None:
    if _is_open(view, act):
        view.chat = replace(view.chat, shown=view.chat.shown + SHOWN)


def _rename(service: LocalService, view: View, act: Act) -> None:
    service.conversations.rename(act.conversation, act.value)


def _delete(service: LocalService, view: View, act: Act) -> None:
    service.answers.drop(act.conversation)
    if view.chat.conversation.id == act.conversation:
        view.show(Chat())
    service.conversations.delete(act.conversation)


def _rate(service: LocalService, view: View, act: Act) -> None:
    """A thumb is kept at once; pressed again it is taken back, and down it asks for the reasons."""
    if not _is_open(view, act):
        return
    chat, way, view.told = view.chat, act.what, ""
    if dict(chat.rated).get(act.turn) == way:
        service.feedback.remove(chat.conversation.id, act.turn)
        way = ""
    else:
        service.feedback.add(chat.conversation.id, act.turn, "up" if way == "up" else "down")
    others = tuple(one for one in chat.rated if one[0] != act.turn)
    view.chat = replace(chat, rated=(*others, (act.turn, way)) if way else others)
    view.asks_why = way == "down"


def _is_open(view: View, act: Act) -> bool:
    """Whether the act is about the conversation that is open now: over a slow network another one may be by then."""
    return act.conversation in ("", view.chat.conversation.id)


def _replaced(view: View, act: Act) -> int | None:
    return act.turn if act.turn == len(view.chat.conversation.turns) else None


ACTS: dict[str, Callable[[LocalService, View, Act], None]] = {
    "ask": _ask,
    "retry": _again,
    "replace": _instead,
    "stop": _stop,
    "back": _take_back,
    "new": _new,
    "open": _open,
    "find": _find,
    "earlier": _earlier,
    "rename": _rename,
    "delete": _delete,
    "up": _rate,
    "down": _rate,
    "nothing": lambda service, view, act: None,
}
