"""What an interface has methods for, done by the data folder's owner, on loopback: a call is JSON, its values JSON lines."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from assistant.errors import AssistantError, OwnerError, cause
from assistant.service.interfaces import Conversations, Documents, Feedbacks, Jobs, Service
from assistant.service.owner import Owner
from index.errors import IndexingError

T = TypeVar("T")

INTERFACES: dict[str, type] = {
    "service": Service,
    "conversations": Conversations,
    "documents": Documents,
    "feedback": Feedbacks,
    "jobs": Jobs,
}
"""By the names under which the owner has them."""

logger = logging.getLogger(__name__)


class _Form:
    """How a method's arguments and values are written. `holds` is list, Iterator, or None for one value."""

    def __init__(self, method: Callable[..., Any]) -> None:
        hints = get_type_hints(method, include_extras=True)
        returned = hints.pop("return")
        self.signature = inspect.signature(method)
        self.arguments = {name: TypeAdapter(hint) for name, hint in hints.items()}
        self.holds = get_origin(returned) if get_origin(returned) in (list, Iterator) else None
        self.value: TypeAdapter[Any] = TypeAdapter(get_args(returned)[0] if self.holds else returned)


@cache
def _form(name: str, what: str) -> _Form | None:
    method = None if what.startswith("_") else vars(INTERFACES.get(name, object)).get(what)
    return _Form(method) if inspect.isfunction(method) else None


class Remote:
    """An interface of the owner's; see `remote`."""

    def __init__(self, owner: Owner, name: str) -> None:
        """`owner` is the running process."""
        self._owner, self._name = owner, name

    def __getattr__(self, what: str) -> Any:
        if what in INTERFACES:
            return Remote(self._owner, what)
        form = _form(self._name, what)
        if form is None:
            raise AttributeError(what)

        def called(*positional: Any, **named: Any) -> Any:
            given = form.signature.bind(self, *positional, **named).arguments
            forms = form.arguments.items()
            body = {name: adapter.dump_python(given[name], mode="json") for name, adapter in forms if name in given}
            values = (form.value.validate_python(line) for line in _lines(self._owner, f"{self._name}/{what}", body))
            if form.holds is Iterator:
                return values
            found = list(values)
            return found if form.holds else found[0]

        return called


def remote(owner: Owner, interface: type[T]) -> T:
    """An interface whose methods are done by the running process `owner`.

    They raise, beside what the interface says, as an AssistantError in the owner's words:
        OwnerError: it refused, or broke off.
    """
    [name] = [name for name, own in INTERFACES.items() if own is interface]
    return cast(T, Remote(owner, name))


def replied(service: object, name: str, what: str, body: dict[str, Any]) -> Iterator[bytes]:
    """The owner's side: what the `service`, or the part of it of this name, replies to one call, a line for each value.

    An error is the last line; a bug's is logged, too.

    Raises:
        LookupError: there is no such interface, or it has no such method.
    """
    form = _form(name, what)
    if form is None:
        raise LookupError(f"there is no {name}/{what}")
    return _told(form, getattr(service if name == "service" else getattr(service, name), what), body)


def _told(form: _Form, method: Callable[..., Any], body: dict[str, Any]) -> Iterator[bytes]:
    try:
        given = {argument: form.arguments[argument].validate_python(value) for argument, value in body.items()}
        values = method(**given)
        for value in values if form.holds else [values]:
            yield form.value.dump_json(value) + b"\n"
    except (AssistantError, IndexingError) as error:
        yield json.dumps({"error": str(error)}).encode() + b"\n"
    except Exception as error:  # the caller is to know, whatever it is; what it holds stays in the owner's log
        logger.exception("a command's work broke off")
        told = f"the running Quarry came upon an error of its own ({cause(error)}): what it prints says more; try again"
        yield json.dumps({"error": told}).encode() + b"\n"


def _lines(owner: Owner, what: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The owner's reply to one call, value by value.

    Raises:
        AssistantError: the owner's own error, in its words.
        OwnerError: it refused, or broke off.
    """
    import httpx

    headers = {"Authorization": f"Bearer {owner.token}"}
    url = f"{owner.address}/owner/{what}"
    try:
        with httpx.stream("POST", url, json=body, headers=headers, timeout=None, trust_env=False) as reply:
            if reply.status_code != 200:
                raise OwnerError(f"the running Quarry at {owner.address} refused: {reply.status_code}; restart it")
            rest = b""
            for part in reply.iter_bytes():
                *lines, rest = (rest + part).split(b"\n")  # not `iter_lines`: it also ends a line at U+2028 of a quote
                for line in lines:
                    content = json.loads(line)
                    if "error" in content:
                        raise AssistantError(content["error"])
                    yield content
    except httpx.HTTPError as error:
        raise OwnerError(f"the running Quarry at {owner.address} broke off: {error}; ask again") from error
