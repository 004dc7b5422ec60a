"""The language model: llama.cpp in this process, or any OpenAI-compatible server; one client for both."""

from __future__ import annotations

import asyncio
import math
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from assistant.errors import LanguageModelError, OutOfTokensError
from assistant.language_models.embedded import NAME, embedded_weights, serve
from assistant.language_models.queue import Line, Told
from assistant.settings import AssistantSettings
from index.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from llama_index.core.llms import ChatResponse
    from llama_index.llms.openai_like import OpenAILike

CONTEXT = 4096
"""The window in tokens: prompts are a few hundred, answers 160 at most. A prompt over it is an error, not cut."""

WAIT = 0.2
"""Seconds after which a stream yields, even if nothing came."""

YES_OPTIONS = {"max_tokens": 1, "logprobs": True, "top_logprobs": 20}
"""What a yes or no is asked with: one token, beside it the likeliest others, as many as hosted servers tell."""

TIMEOUT = 300.0
"""Seconds without a token after which a server is given up."""


class LanguageModel(Protocol):
    """What composes answers and says yes or no. Tests have a small one of their own.

    `prompt_tokens` is the length of the last streamed reply's prompt, where the server tells it.
    """

    name: str
    prompt_tokens: int | None

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        """Pieces of the reply to (role, text) messages, at least every 200 ms, empty while nothing comes.

        Closing the iterator ends the model's work.

        Raises:
            LanguageModelError: the model can't be reached or breaks off.
            OutOfTokensError: the reply was longer than `max_tokens`; its pieces so far were given.
        """

    def yes(self, messages: Sequence[tuple[str, str]]) -> Iterator[float | None]:
        """How likely the reply to (role, text) messages starts with "yes" rather than "no", in [0, 1], as the last value.

        None before it, at least every 200 ms, and at the end too where the server tells no probabilities.

        Raises:
            LanguageModelError: the model can't be reached or breaks off.
        """


@dataclass(frozen=True, slots=True)
class Connection:
    """An OpenAI-compatible server's URL and key, and what has to live as long as it is used."""

    url: str
    key: str
    server: object = None


Parts: TypeAlias = "queue.SimpleQueue[ChatResponse | Exception | None]"
"""A reply on its way from the thread that receives it to the one that waits; None ends it."""

Connect = Callable[[], Connection]
"""Finds the server, or starts it."""


class ServedModel:
    """A model behind an OpenAI-compatible server, connected at the first use. At most `at_once` replies at a time."""

    def __init__(self, name: str, connect: Connect, at_once: int) -> None:
        """`connect` is called once, on the first reply's own thread."""
        self.name = name
        self.prompt_tokens: int | None = None
        self._connect = connect
        self._line = Line(at_once, WAIT)
        self._connection: Connection | None = None
        self._client: OpenAILike | None = None
        self._starting = threading.Lock()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="language model", daemon=True).start()

    def start(self) -> None:
        """Connect now: what else happens at the first reply.

        Raises:
            LanguageModelError: the model can't be loaded.
        """
        with self._starting:
            if self._client is None:
                self._connection = self._connect()
                self._client = _client(self.name, self._connection.url, self._connection.key)

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int, told: Told = lambda ahead: None) -> Iterator[str]:
        """See `LanguageModel.stream`; `told` gets how many replies come before this one.

        Raises:
            LanguageModelError: the server can't be reached, refuses or breaks off.
        """
        for part in self._parts(messages, told, max_tokens=max_tokens, stream_options={"include_usage": True}):
            if usage := getattr(part and part.raw, "usage", None):
                self.prompt_tokens = usage.prompt_tokens
            yield part.delta or "" if part else ""

    def yes(self, messages: Sequence[tuple[str, str]], told: Told = lambda ahead: None) -> Iterator[float | None]:
        """See `LanguageModel.yes`; `told` as in `stream`.

        Raises:
            LanguageModelError: the server can't be reached, refuses or breaks off.
        """
        found = None
        try:
            for part in self._parts(messages, told, **YES_OPTIONS):
                found = p_yes(part) if part and found is None else found
                yield found
        except OutOfTokensError:  # one token is all that is wanted
            yield found

    def _parts(self, messages: Sequence[tuple[str, str]], told: Told, **options: Any) -> Iterator[ChatResponse | None]:
        """The parts of a reply as they come, None while nothing does."""
        with self._line.place(told) as waits:
            yield from waits
            parts: Parts = queue.SimpleQueue()
            starter = threading.Thread(target=self._start_into, args=(parts,), daemon=True)
            starter.start()
            while starter.is_alive():
                starter.join(WAIT)
                yield None
            if not parts.empty():
                raise LanguageModelError(f"the language model can't be started: {parts.get()}")
            reply = asyncio.run_coroutine_threadsafe(self._reply(messages, parts, options), self._loop)
            try:
                yield from _received(parts)
            finally:
                reply.cancel()

    def _start_into(self, errors: Parts) -> None:
        try:
            self.start()
        except Exception as error:  # handed to the thread that waits, which raises it
            errors.put(error)

    async def _reply(self, messages: Sequence[tuple[str, str]], parts: Parts, options: dict[str, Any]) -> None:
        from llama_index.core.llms import ChatMessage

        assert self._client is not None
        try:
            chat = [ChatMessage(role=role, content=text) for role, text in messages]
            finish = None
            async for part in await self._client.astream_chat(chat, **options):
                parts.put(part)
                choices = getattr(part.raw, "choices", None)
                finish = choices[0].finish_reason if choices else finish
            full = OutOfTokensError(f"the reply was cut off after {options['max_tokens']} tokens")
            parts.put(full if finish == "length" else None)
        except Exception as error:  # whatever the client raises is handed to the thread that waits
            parts.put(error)


def _received(parts: Parts) -> Iterator[ChatResponse | None]:
    while True:
        try:
            part = parts.get(timeout=WAIT)
        except queue.Empty:
            yield None
            continue
        if part is None:
            return
        if isinstance(part, OutOfTokensError):
            raise part
        if isinstance(part, Exception):
            raise LanguageModelError(f"the language model broke off: {part}") from part
        yield part


def p_yes(part: ChatResponse) -> float | None:
    """P(yes) / (P(yes) + P(no)) among the likeliest first tokens of a reply; None where a part tells nothing of them."""
    choices = getattr(part.raw, "choices", None)
    told = choices[0].logprobs.content if choices and choices[0].logprobs else None
    if not told:
        return None
    shares = {"yes": 0.0, "no": 0.0}
    for token in told[0].top_logprobs:
        word = token.token.strip().lower()
        if word in shares:
            shares[word] += math.exp(token.logprob)
    total = sum(shares.values())
    return shares["yes"] / total if total else None


def open_llm(settings: AssistantSettings, progress: Callable[[int, int], None]) -> ServedModel | None:
    """The language model the settings name; None for `none`. `progress` gets bytes done and all while weights are joined.

    Raises:
        MissingPackageError: the embedded model's packages are not installed.
        ModelError: the weights are missing or have the wrong hash.
        SettingsError: `llm` is none of the forms it may have.
    """
    name = settings.llm
    if name == "none":
        return None
    if name.startswith(("http://", "https://")):
        url = name.rstrip("/")
        url = url if url.endswith("/v1") else url + "/v1"
        return ServedModel(settings.llm_model or "default", lambda: Connection(url, settings.llm_key or "none"), at_once=8)
    if name == "embedded":
        path, name = embedded_weights(progress), NAME
    else:
        path = Path(name).expanduser()
        if path.suffix != ".gguf":
            raise SettingsError(f"llm is {name}: give `embedded`, `none`, a .gguf file or an http(s) URL")
        if not path.is_file():
            raise ModelError(f"there is no model file {path}")
        name = path.stem
    return ServedModel(name, lambda: Connection(*serve(path, CONTEXT)), at_once=1)


def _client(name: str, url: str, key: str) -> OpenAILike:
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    # A proxy of the environment is for other machines: what goes to this one must not pass through it.
    local = httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")
    return OpenAILike(  # type: ignore[call-arg]  # the parent's async_http_client, which mypy does not see
        model=name,
        api_base=url,
        api_key=key,
        is_chat_model=True,
        context_window=CONTEXT,
        temperature=0.0,
        timeout=TIMEOUT,
        max_retries=0,
        async_http_client=httpx.AsyncClient(trust_env=not local, timeout=TIMEOUT),
    )
