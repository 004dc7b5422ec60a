"""One client for all systems that are compared: it switches llama.cpp's prompt cache and notes what each call cost.

Cold is `cache_prompt: false` at a question's first call, so that neither the slot nor the host-memory cache gives anything
(`cached_tokens` shows it); its later calls may use what that one left. Warm is the same question again right after.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from assistant.errors import LanguageModelError
from assistant.language_models.client import CONTEXT, TIMEOUT, YES_OPTIONS, p_yes
from assistant.language_models.prompts import MAX_TOKENS

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike


@dataclass(slots=True)
class Call:
    """What one request to the model cost: when its first token came, its prompt's tokens and how many were cached."""

    streamed: bool
    first_token: float | None = None
    prompt_tokens: int = 0
    cached_tokens: int = 0


class Wire(httpx.BaseTransport):
    """All requests to the model go through here. `warm` ones may use the cache and stop at the first token."""

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        """`inner` is what sends; a plain HTTP transport where there is none."""
        self._inner = inner or httpx.HTTPTransport()
        self.warm = False
        self.calls: list[Call] = []

    def reset(self, *, warm: bool) -> None:
        """Forget the calls so far."""
        self.warm, self.calls = warm, []

    @property
    def first_token(self) -> float | None:
        """The clock at the first token of the last streamed reply, the one that is shown; None where none came."""
        return next((call.first_token for call in reversed(self.calls) if call.streamed), None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the cache's switch in it, and note its reply while it passes."""
        body = json.loads(request.read()) | {"cache_prompt": self.warm or bool(self.calls)}
        call = Call(streamed=bool(body.get("stream")))
        if self.warm and call.streamed:
            body["max_tokens"] = 1
        self.calls.append(call)
        headers = {k: v for k, v in request.headers.items() if k not in ("content-length", "accept-encoding")}
        sent = httpx.Request(request.method, request.url, headers=headers, json=body, extensions=request.extensions)
        reply = self._inner.handle_request(sent)
        assert isinstance(reply.stream, httpx.SyncByteStream)
        return httpx.Response(reply.status_code, headers=reply.headers, stream=_Noted(reply.stream, call))

    def close(self) -> None:
        """Close what sends."""
        self._inner.close()


class _Noted(httpx.SyncByteStream):
    """A reply's bytes, passed on as they come; `call` learns from its events."""

    def __init__(self, inner: httpx.SyncByteStream, call: Call) -> None:
        self._inner, self._call = inner, call

    def __iter__(self) -> Iterator[bytes]:
        line = b""
        for part in self._inner:
            *whole, line = (line + part).split(b"\n")
            for one in whole:
                self._note(one)
            yield part
        self._note(line)

    def close(self) -> None:
        self._inner.close()

    def _note(self, line: bytes) -> None:
        line = line.removeprefix(b"data: ").strip()
        if not line.startswith(b"{"):
            return
        event = json.loads(line)
        said = any(choice.get("delta", {}).get("content") for choice in event.get("choices", ()))
        if said and self._call.first_token is None:
            self._call.first_token = time.perf_counter()
        if timings := event.get("timings"):
            self._call.cached_tokens = timings["cache_n"]
            self._call.prompt_tokens = timings["cache_n"] + timings["prompt_n"]


class WiredModel:
    """Quarry's language model over the same client as the others'."""

    def __init__(self, client: OpenAILike) -> None:
        """`client` is the one that all systems share."""
        self.name = client.model
        self.prompt_tokens: int | None = None
        self._client = client

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        """See `assistant.language_models.client.LanguageModel.stream`."""
        import openai
        from llama_index.core.llms import ChatMessage

        try:
            chat = [ChatMessage(role=role, content=text) for role, text in messages]
            for part in self._client.stream_chat(chat, max_tokens=max_tokens):
                yield part.delta or ""
        except openai.BadRequestError as error:
            raise LanguageModelError(f"the language model refuses: {error}") from error

    def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
        """See `assistant.language_models.client.LanguageModel.yes`."""
        import openai
        from llama_index.core.llms import ChatMessage

        chat = [ChatMessage(role=role, content=text) for role, text in messages]
        try:
            yield p_yes(self._client.chat(chat, **YES_OPTIONS))
        except openai.BadRequestError as error:
            raise LanguageModelError(f"the language model refuses: {error}") from error


def client_of(name: str, url: str, key: str, wire: Wire) -> OpenAILike:
    """The client that all systems share: temperature 0, the product's window and longest answer."""
    from llama_index.llms.openai_like import OpenAILike

    arguments: dict[str, Any] = {
        "context_window": CONTEXT,
        "max_tokens": MAX_TOKENS,
        "temperature": 0.0,
        "timeout": TIMEOUT,
        "max_retries": 0,
        "http_client": httpx.Client(transport=wire, timeout=TIMEOUT),
    }
    return OpenAILike(model=name, api_base=url, api_key=key, is_chat_model=True, **arguments)
