"""The systems that are compared, each a function from a question and its conversation to a reply.

What is in favour of the others: CitationQueryEngine streams (its default waits for the end), the chat engine is read
without its busy loop, and both get the titles that our index has. What has no memory is asked the question alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.chat import ask
from assistant.language_models.client import LanguageModel
from assistant.types import Conversation
from evals.corpus import CachingEmbedder
from evals.metrics import Span
from evals.run import span_of
from evals.wire import WiredModel
from index.embedding.embedder import Embedder
from index.library.library import Library
from index.passages.sentences import sentences
from index.passages.words import stem
from index.search.likeness import word_weights
from index.search.search import by_keywords
from index.types import Document, Filters

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import NodeWithScore
    from llama_index.llms.openai_like import OpenAILike

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


def splitter(chunk_size: int, overlap: int = 20) -> SentenceSplitter:
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

    return SentenceSplitter(chunk_size=chunk_size, chunk_overlap=overlap, chunking_tokenizer_fn=split)


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
