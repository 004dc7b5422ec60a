"""`rivals`: other ways to answer beside ours: same questions, texts, language model, embedder and machine.

All that write ask the model through one client, whose transport (`Wire`) switches llama.cpp's prompt cache and notes the
first token and the prompt's length. Cold is `cache_prompt: false`, so that neither the slot nor the host-memory cache
gives anything (`cached_tokens` shows it); warm is the same question again right after. What is in favour of the others:
CitationQueryEngine streams (its default waits for the end), the chat engine is read without its busy loop, both get the
titles that our index has, and the earlier turns are given, not generated. What has no memory is asked the question alone.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from assistant.chat import ask
from assistant.errors import AssistantError, LanguageModelError
from assistant.evidence import stem, word_weights
from assistant.models import CONTEXT, TIMEOUT, LanguageModel
from assistant.prompts import MAX_TOKENS
from assistant.types import Conversation, Turn
from evals.corpus import CachingEmbedder, library_of_folders
from evals.errors import EvaluationError
from evals.metrics import Span, citation_precision, citation_recall, facts_held, holds, normalised
from evals.questions import QUESTIONS, SEEDS, UNANSWERABLE, Question, load_questions
from evals.run import HAYSTACK, open_model, span_of, spread
from evals.runs import Record, Run, print_table
from evals.statistics import mean, paired_difference, percentiles, proportion
from index.embed import Embedder
from index.library import Library
from index.search import by_keywords
from index.sentences import sentences
from index.types import Document, Filters

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import NodeWithScore
    from llama_index.llms.openai_like import OpenAILike

SAYS_NOTHING = (
    *("not mention", "not say", "not state", "not specif", "not provide", "not contain", "not include", "not disclose"),
    *("not give", "not know", "not explicitly", "not have information", "not have any information", "not have enough"),
    *("not available", "not present in", "not found in", "no information", "no mention", "cannot answer"),
    *("cannot be determined", "unable to", "none of the sources", "none of the documents"),
    *("没有提", "未提", "沒有提", "언급되지", "언급하지", "не упомина", "не указан", "нет информации"),
)
"""A text with one of these refuses; "don't" and its like are read as "do not". The same list for every system."""

BEST = 3
"""Sentences in BM25's answer."""

K1, B = 1.2, 0.75
"""BM25's usual constants, those of SQLite's FTS5 too."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system said and what it rests on; `status` is Quarry's own, `first_text` seconds to the first text shown."""

    text: str
    cited: tuple[Span, ...]
    status: str | None = None
    first_text: float | None = None


System = Callable[[str, Conversation], Reply]
"""Answers a question after a conversation."""


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
        body = json.loads(request.read()) | {"cache_prompt": self.warm}
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
        self._client = client

    def stream(self, messages: Sequence[tuple[str, str]], max_tokens: int) -> Iterator[str]:
        """See `assistant.models.LanguageModel.stream`."""
        import openai
        from llama_index.core.llms import ChatMessage

        try:
            chat = [ChatMessage(role=role, content=text) for role, text in messages]
            for part in self._client.stream_chat(chat, max_tokens=max_tokens):
                yield part.delta or ""
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


def embedding_model(embedder: Embedder) -> BaseEmbedding:
    """llama-index's view of our embedder; what is longer than its 256 tokens is cut silently, as its users get it."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Adapter(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return list(map(float, embedder.encode_query(query)))

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [list(map(float, vector)) for vector in embedder.encode_documents(texts)]

    return Adapter(model_name="the product's embedder")


def vector_index(documents: Iterable[Document], embedder: Embedder) -> VectorStoreIndex:
    """llama-index's own index of the same texts, cut by its default splitter (1,024 tokens, 20 shared).

    Splitter and prompts count with llama-index's default tokenizer, cl100k, which its package carries: nothing is fetched.
    """
    from llama_index.core import Document as Source
    from llama_index.core import VectorStoreIndex

    hidden = {name: ["document_id"] for name in ("excluded_embed_metadata_keys", "excluded_llm_metadata_keys")}
    sources = [
        Source(text=document.text, metadata={"title": document.title, "document_id": document.id}, **hidden)
        for document in documents
    ]
    model = embedding_model(embedder)
    return VectorStoreIndex.from_documents(sources, embed_model=model, transformations=[splitter(1024)])


def splitter(chunk_size: int) -> SentenceSplitter:
    """llama-index's default splitter, the same untrained Punkt finding the sentences.

    Its own way to Punkt first opens nltk's list of stop words, which nltk refuses where files are hard links, as uv makes
    them, and downloads where it is missing.
    """
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.node_parser.text.utils import split_by_sentence_tokenizer_internal
    from nltk.tokenize import PunktSentenceTokenizer  # type: ignore[import-untyped]

    punkt = PunktSentenceTokenizer()

    def split(text: str) -> list[str]:
        return split_by_sentence_tokenizer_internal(text, punkt)

    return SentenceSplitter(chunk_size=chunk_size, chunk_overlap=20, chunking_tokenizer_fn=split)


def condense_plus_context(index: VectorStoreIndex, client: OpenAILike, texts: Mapping[str, Document]) -> System:
    """llama-index's CondensePlusContextChatEngine with its defaults; the passages it was given are its sources."""
    from llama_index.core.chat_engine import CondensePlusContextChatEngine
    from llama_index.core.llms import ChatMessage

    def answer(question: str, conversation: Conversation) -> Reply:
        said = [(turn.question, turn.answer.text) for turn in conversation.turns]
        history = [ChatMessage(role=r, content=t) for turn in said for r, t in zip(("user", "assistant"), turn, strict=True)]
        retriever = index.as_retriever()
        engine = CondensePlusContextChatEngine.from_defaults(retriever=retriever, llm=client, chat_history=history)
        response = engine.stream_chat(question)
        # Its `response_gen` polls without a pause, taking one of two cores from the model: wait for its writer instead.
        if response.write_response_to_history_thread is not None:
            response.write_response_to_history_thread.join()
        if response.exception is not None:
            raise response.exception
        return Reply(response.response, spans_of_nodes(response.source_nodes, texts))

    return answer


def citation_query_engine(index: VectorStoreIndex, client: OpenAILike, texts: Mapping[str, Document]) -> System:
    """llama-index's CitationQueryEngine with its defaults, streaming; its sources are those its answer names."""
    from llama_index.core.query_engine import CitationQueryEngine

    engine = CitationQueryEngine.from_args(index, llm=client, text_splitter=splitter(512), streaming=True)

    def answer(question: str, conversation: Conversation) -> Reply:
        response = engine.query(question)
        text = str(response)
        return Reply(text, spans_of_nodes(marked(text, response.source_nodes), texts))

    return answer


def marked(text: str, nodes: Sequence[NodeWithScore]) -> list[NodeWithScore]:
    """The nodes that a text names, each once, in order: `[2]`, `[1, 2]`, and "Source 2", as small models often write."""
    groups = re.findall(r"\[([\d,;\s]+)\]|\bsource (\d+)", text, re.IGNORECASE)
    numbers = {int(n) for group in groups for n in re.findall(r"\d+", " ".join(group))}
    return [nodes[n - 1] for n in sorted(numbers) if 1 <= n <= len(nodes)]


def spans_of_nodes(nodes: Iterable[NodeWithScore], texts: Mapping[str, Document]) -> tuple[Span, ...]:
    """Where the nodes' texts stand, at their first occurrence; a text that is nowhere gets an empty range at 0."""
    spans = []
    for node in nodes:
        document = texts[node.node.metadata["document_id"]]
        text = re.sub(r"\ASource \d+:\n", "", node.node.get_content()).strip()
        start = document.text.find(text)
        spans.append((document.file, start, start + len(text)) if start >= 0 else (document.file, 0, 0))
    return tuple(spans)


def bm25(library: Library) -> System:
    """The three best sentences of the chunks that the product's keyword search finds; no model. It never declines."""

    def answer(question: str, conversation: Conversation) -> Reply:
        ids = [id_ for id_, _ in by_keywords(question, library, library.settings.top_k, Filters())]
        chunks = library.chunks(ids)
        spans = [
            (chunks[id_].document_id, chunks[id_].version, chunks[id_].start + start, chunks[id_].start + end)
            for id_ in ids
            for start, end in sentences(chunks[id_].text)
        ]
        documents = [library.document(id_, version) for id_, version, _, _ in spans]
        said = [document.text[span[2] : span[3]] for document, span in zip(documents, spans, strict=True)]
        scores = bm25_scores(word_weights(question, library), said)
        best = sorted(range(len(said)), key=lambda i: -scores[i])[:BEST]
        return Reply("\n".join(said[i] for i in best), tuple((documents[i].file, *spans[i][2:]) for i in best))

    return answer


def bm25_scores(weights: Mapping[str, float], texts: Sequence[str]) -> list[float]:
    """Okapi BM25 (Robertson & Zaragoza 2009) of each text; `weights` are the query's words with their rarity."""
    counts = [Counter(stem(word) for word in re.findall(r"\w+", text.lower())) for text in texts]
    lengths = [sum(count.values()) for count in counts]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    return [
        sum(
            w * (K1 + 1) * n / (n + K1 * (1 - B + B * length / average))
            for word, w in weights.items()
            if (n := count[stem(word)])
        )
        for count, length in zip(counts, lengths, strict=True)
    ]


def quarry(library: Library, llm: LanguageModel | None) -> System:
    """Quarry, through `ask`; by quotes alone where there is no model."""

    def answer(question: str, conversation: Conversation) -> Reply:
        found = list(ask(question, conversation, library=library, llm=llm))[-1]
        cited = tuple(span_of(citation) for citation in found.citations)
        return Reply(found.text, cited, found.status, found.seconds.quote)

    return answer


def earlier_turns(history: Sequence[str], library: Library) -> Conversation:
    """The conversation before a question, answered by quotes; the same for every system, and in no timing."""
    conversation = Conversation()
    for text in history:
        answer = list(ask(text, conversation, library=library))[-1]
        conversation = Conversation(turns=(*conversation.turns, Turn(text, answer, "")))
    return conversation


def says_nothing(text: str) -> bool:
    """Whether a text is empty or has one of the phrases of a refusal."""
    text = normalised(text).replace("’", "'").replace("can't", "cannot").replace("n't", " not")
    return not text or any(phrase in text for phrase in SAYS_NOTHING)


def scored(question: Question, reply: Reply) -> dict[str, float | None]:
    """The scores of a reply, the same rule for every system.

    Right is every required fact and no wrong string, or a refusal where the documents hold no answer. A refusal is
    Quarry's status, or a phrase of `SAYS_NOTHING` in a text that neither has all required facts nor a wrong string.
    """
    facts = facts_held(reply.text, question.facts)
    wrong = any(holds(reply.text, form) for form in question.wrong)
    refused = reply.status == "refused" or (says_nothing(reply.text) and facts != 1.0 and not wrong)
    answerable = question.answerable
    right = facts in (None, 1.0) and not wrong and not refused if answerable else refused
    sourced = answerable and bool(question.gold)
    return {
        "right": float(right),
        "answerable_right": float(right) if answerable else None,
        "wrong_refusal": float(refused) if answerable else None,
        "right_refusal": None if answerable else float(refused),
        "citation_precision": citation_precision(reply.cited, question.gold) if sourced and not refused else None,
        "citation_recall": citation_recall(() if refused else reply.cited, question.gold) if sourced else None,
        "cited_characters": float(sum(end - start for _, start, end in reply.cited)) if sourced and not refused else None,
        "error": 0.0,
    }


def measured(question: Question, name: str, system: System, wire: Wire, library: Library) -> Record:
    """One system's record of one question; its failure (a prompt over the window, say) is wrong, and an error."""
    import openai

    id_, conversation = f"{question.id}/{name}", earlier_turns(question.history, library)
    detail: dict[str, Any] = {"question": question.question, "kind": question.kind, "history": list(question.history)}
    try:
        wire.reset(warm=False)
        start = time.perf_counter()
        reply = system(question.question, conversation)
        total = time.perf_counter() - start
        cold, calls = wire.first_token, wire.calls
        seconds = {"first_token_cold": cold and cold - start, "total": total}
        seconds["first_text"] = reply.first_text or seconds["first_token_cold"] or total
        if cold is not None:
            wire.reset(warm=True)
            start = time.perf_counter()
            system(question.question, conversation)
            seconds["first_token_warm"] = wire.first_token and wire.first_token - start
    except (openai.APIConnectionError, openai.InternalServerError) as error:  # nobody's fault but the machine's
        raise EvaluationError(f"{id_}: the language model's server failed ({error}): run the command again") from error
    except (AssistantError, openai.BadRequestError, ValueError) as error:  # ValueError: llama-index has no room left
        failed = {"right": 0.0, "error": 1.0, "answerable_right" if question.answerable else "right_refusal": 0.0}
        return Record(id_, name, {**failed}, detail | {"error": str(error)})
    detail |= {"answer": reply.text, "status": reply.status, "cited": reply.cited, "seconds": seconds}
    detail |= {"model_calls": len(calls), "warm_cached_tokens": sum(call.cached_tokens for call in wire.calls)}
    scores = scored(question, reply)
    if calls:
        scores["prompt_tokens"] = float(sum(call.prompt_tokens for call in calls))
        scores["cached_tokens"] = float(sum(call.cached_tokens for call in calls))
    return Record(id_, name, scores, detail)


SHARES = ("right", "answerable_right", "wrong_refusal", "right_refusal")
MEANS = ("citation_precision", "citation_recall", "cited_characters", "prompt_tokens", "cached_tokens")
TIMES = ("first_text", "first_token_cold", "first_token_warm", "total")


def summary(records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Each system's figures; `quarry_gains` is the share right of Quarry with the model less its own, paired."""
    systems: dict[str, list[Record]] = {}
    for record in records:
        systems.setdefault(record.group, []).append(record)
    figures: dict[str, dict[str, Any]] = {}
    for name, own in systems.items():
        seconds = {time: [record.detail.get("seconds", {}).get(time) for record in own] for time in TIMES}
        figures[name] = {
            **{share: proportion([_truth(record.scores.get(share)) for record in own]) for share in SHARES},
            **{value: mean([record.scores.get(value) for record in own]) for value in MEANS},
            **{f"seconds_{time}": mean(values) for time, values in seconds.items()},
            "percentiles": {time: percentiles(values) for time, values in seconds.items()},
            "errors": sum(record.scores["error"] == 1.0 for record in own),
            "n": len(own),
        }
        if name != "quarry" and "quarry" in systems:
            pair = [[record.scores["right"] or 0.0 for record in side] for side in (own, systems["quarry"])]
            figures[name]["quarry_gains"] = paired_difference(*pair)
    return figures


def _truth(value: float | None) -> bool | None:
    return None if value is None else value > 0.5


def rivals(*, data: Path, limit: int = 12, questions: Path = QUESTIONS) -> dict[str, Any]:
    """Ask all systems the same questions over the haystack, print the table, save the run and return its figures."""
    factual = [question for question in load_questions(questions) if question.answerable or question.kind in UNANSWERABLE]
    asked = spread(factual, limit)
    if not asked:
        raise EvaluationError(f"{questions}: there is no question to ask: --limit must be 1 or more, not {limit}")
    folders = [SEEDS, *(data / name for name in HAYSTACK)]
    with library_of_folders(folders) as library:
        wire = Wire()
        model = open_model("embedded")  # the server lives as long as this does
        model.start()
        systems = systems_over(library, client_of(model.name, model._connection.url, model._connection.key, wire))
        saved = Run("rivals", {"limit": limit}, [questions, *folders], library.fingerprint)
        pairs = [(question, name) for question in asked for name in systems]
        records = saved.measure(
            pairs,
            lambda pair: f"{pair[0].id}/{pair[1]}",
            lambda pair: measured(*pair, systems[pair[1]], wire, library),
            "answers",
        )
        chunks = library.count_chunks()
    figures = summary(records)
    show(figures)
    saved.finish(figures | {"chunks": chunks, "n": len(asked)})
    return figures | {"chunks": chunks, "n": len(asked)}


def systems_over(library: Library, client: OpenAILike) -> dict[str, System]:
    """All systems, over the same texts, asking the same model."""
    documents = library.documents()
    texts = {document.id: document for document in documents}
    embedder = CachingEmbedder(library.settings.embedder)
    embedder.model = library.embedder.model  # loaded once; questions are embedded anew each time
    index = vector_index(documents, embedder)
    return {
        "condense_plus_context": condense_plus_context(index, client, texts),
        "citation_query_engine": citation_query_engine(index, client, texts),
        "bm25": bm25(library),
        "quarry": quarry(library, WiredModel(client)),
        "quarry_quotes": quarry(library, None),
    }


def show(figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the figures, a column for each system."""
    names = list(dict.fromkeys(name for own in figures.values() for name in own if name != "percentiles"))
    print_table(["figure", *figures], [[name, *(own.get(name) for own in figures.values())] for name in names])
    print("times are the machine's at this load: seconds to the first text, to the model's first token, to the end")
