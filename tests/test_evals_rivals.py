import json
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.llms import ChatMessage
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.llms.openai_like import OpenAILike

from assistant.language_models.prompts import MAX_TOKENS
from assistant.types import Conversation
from evals.contenders import (
    Reply,
    bm25,
    bm25_scores,
    citation_query_engine,
    condense_plus_context,
    embedding_model,
    marked,
    quarry,
    spans_of_nodes,
    vector_index,
)
from evals.questions import Question
from evals.rivals import earlier_turns, measured, says_nothing, scored, summary
from evals.runs import Record
from evals.wire import Call, Wire, WiredModel, client_of
from index.embedding.embedder import Embedder
from index.library.library import Library

CAPACITY = "What annual germanium capacity does Korea Zinc plan?"


class Server(httpx.BaseTransport):
    """An OpenAI-compatible server whose reply is a function of the prompt; a prompt of 10 tokens, cached when allowed."""

    def __init__(self, reply: Callable[[str], str] | str) -> None:
        self.bodies: list[dict] = []
        self.asked: list[str] = []
        self._reply = reply

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        prompt = "\n".join(message["content"] for message in body["messages"])
        self.bodies.append(body)
        self.asked.append(prompt)
        text = self._reply if isinstance(self._reply, str) else self._reply(prompt)
        cached = 9 if body["cache_prompt"] else 0
        timings = {"cache_n": cached, "prompt_n": 10 - cached}
        common = {"id": "1", "created": 1, "model": "m"}
        if not body.get("stream"):
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
            return httpx.Response(200, json=common | {"object": "chat.completion", "choices": [choice], "timings": timings})
        deltas: list[dict] = [
            {"role": "assistant", "content": None},
            *({"content": word + " "} for word in text.split()),
            {},
        ]
        chunks = [
            common | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]} for delta in deltas
        ]
        chunks[-1]["timings"] = timings
        events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        parts = [events.encode()[start : start + 50] for start in range(0, len(events), 50)]
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Parts(parts))


class Parts(httpx.SyncByteStream):
    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    def __iter__(self):
        yield from self._parts


class FullServer(httpx.BaseTransport):
    """A server for which every prompt is too long."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"error": {"message": "request (5030 tokens) exceeds the available context size"}})


def client(server: httpx.BaseTransport) -> tuple[OpenAILike, Wire]:
    wire = Wire(server)
    return client_of("m", "http://127.0.0.1:1/v1", "key", wire), wire


@pytest.fixture(scope="module")
def index(seeds: Library) -> VectorStoreIndex:
    return vector_index(seeds.documents(), seeds.embedder)


def question(**changes: object) -> Question:
    facts: dict = {
        "id": "q",
        "kind": "fact",
        "question": CAPACITY,
        "history": (),
        "status": ("answered",),
        "gold": (("a.txt", 10, 20),),
        "facts": (("12 tons", "12 t"),),
        "wrong": ("15 tons",),
        "half": "open",
    }
    return Question(**(facts | changes))


def test_a_cold_request_forbids_the_cache_and_a_warm_one_stops_at_its_first_token() -> None:
    server = Server("The plant makes 12 tons.")
    llm, wire = client(server)
    assert "".join(WiredModel(llm).stream([("user", "how much?")], MAX_TOKENS)).strip() == "The plant makes 12 tons."
    assert server.bodies[0]["cache_prompt"] is False
    assert (server.bodies[0]["max_tokens"], server.bodies[0]["temperature"]) == (MAX_TOKENS, 0.0)
    call = wire.calls[0]
    assert (call.streamed, call.prompt_tokens, call.cached_tokens) == (True, 10, 0)
    assert wire.first_token is not None
    wire.reset(warm=True)
    assert wire.first_token is None
    list(WiredModel(llm).stream([("user", "how much?")], MAX_TOKENS))
    llm.chat([ChatMessage(role="user", content="how much?")])
    assert [(body["cache_prompt"], body["max_tokens"]) for body in server.bodies[1:]] == [(True, 1), (True, MAX_TOKENS)]
    assert [(call.prompt_tokens, call.cached_tokens) for call in wire.calls] == [(10, 9), (10, 9)]
    assert not wire.calls[1].streamed


def test_the_first_token_is_that_of_the_last_streamed_reply() -> None:
    wire = Wire(Server(""))
    wire.calls = [Call(True, 1.0), Call(True, 2.0), Call(False)]
    assert wire.first_token == 2.0


def test_the_adapter_gives_the_vectors_of_our_embedder_and_cuts_long_texts_as_it_does(embedder: Embedder) -> None:
    adapter = embedding_model(embedder)
    texts = ["Korea Zinc plans 12 tons.", "germanium " * 400]
    assert np.allclose(adapter.get_text_embedding_batch(texts), embedder.encode_documents(texts), atol=1e-6)
    assert np.allclose(adapter.get_query_embedding(CAPACITY), embedder.encode_query(CAPACITY), atol=1e-6)
    shorter = adapter.get_text_embedding("germanium " * 300)
    assert np.allclose(adapter.get_text_embedding(texts[1]), shorter, atol=1e-6)


def test_bm25_scores_are_okapis_by_hand() -> None:
    scores = bm25_scores({"zinc": 2.0, "plants": 1.0}, ["Zinc, zinc plant", "plants", "four words say nothing"])
    # Lengths 3, 1 and 4, on average 8/3: 2·2.2·2/(2+1.3125) + 1·2.2/(1+1.3125); 2.2/(1+0.6375); 0.
    assert scores == pytest.approx([3.607955, 1.343511, 0.0], abs=1e-5)
    assert bm25_scores({"zinc": 1.0}, []) == []


def test_bm25_answers_with_three_sentences_of_the_documents_and_never_by_vectors(seeds: Library) -> None:
    reply = bm25(seeds)(CAPACITY, Conversation())
    texts = {document.file: document.text for document in seeds.documents()}
    assert reply.text == "\n".join(texts[file][start:end] for file, start, end in reply.cited)
    assert len(reply.cited) == 3
    assert "12 tons" in reply.text
    assert bm25(seeds)("qwxyz", Conversation()) == Reply("", ())


def test_the_chat_engine_condenses_after_earlier_turns_and_its_passages_are_its_sources(
    seeds: Library, index: VectorStoreIndex
) -> None:
    server = Server(lambda prompt: "What does the plant cost?" if "Standalone question" in prompt else "140 billion won")
    llm, wire = client(server)
    texts = {document.id: document for document in seeds.documents()}
    answer = condense_plus_context(index, llm, texts)
    assert answer(CAPACITY, Conversation()).text == "140 billion won"
    assert [call.streamed for call in wire.calls] == [True]
    wire.reset(warm=False)
    reply = answer("And its cost?", earlier_turns([CAPACITY], seeds))
    assert [call.streamed for call in wire.calls] == [False, True]
    assert CAPACITY in server.asked[1]
    assert "12 tons" in server.asked[1]
    assert "And its cost?" in server.asked[2]
    assert len(reply.cited) == 2
    assert all(end - start > 500 for _, start, end in reply.cited)


def test_the_citation_engine_cites_what_its_answer_marks(seeds: Library, index: VectorStoreIndex) -> None:
    server = Server("Korea Zinc plans 12 tons [2].")
    llm, wire = client(server)
    texts = {document.id: document for document in seeds.documents()}
    reply = citation_query_engine(index, llm, texts)(CAPACITY, Conversation())
    assert reply.text.strip() == "Korea Zinc plans 12 tons [2]."
    file, start, end = reply.cited[0]
    cited = next(document.text for document in texts.values() if document.file == file)[start:end]
    assert len(reply.cited) == 1
    assert " ".join(f"Source 2:\n{cited}".split()) in " ".join(server.asked[0].split())
    assert wire.first_token is not None


def test_the_rivals_leave_llama_indexs_global_settings_alone(seeds: Library, index: VectorStoreIndex) -> None:
    llm, _ = client(Server("yes [1]"))
    texts = {document.id: document for document in seeds.documents()}
    for system in (condense_plus_context, citation_query_engine):
        system(index, llm, texts)(CAPACITY, Conversation())
    assert Settings._llm is None
    assert Settings._embed_model is None


def test_marks_count_once_in_order_and_unknown_ones_are_dropped() -> None:
    nodes = [NodeWithScore(node=TextNode(text=str(n))) for n in range(1, 5)]
    found = marked("so [4], and [2, 4]; [9] [0] (3). According to Source 1, 3 of them.", nodes)
    assert [node.node.get_content() for node in found] == ["1", "2", "4"]


def test_a_nodes_text_is_found_in_its_document_or_gets_an_empty_range(seeds: Library) -> None:
    document = seeds.documents()[0]
    texts = {document.id: document}
    part = document.text[100:180].strip()
    nodes = [
        NodeWithScore(node=TextNode(text=text, metadata={"document_id": document.id}))
        for text in (f"Source 3:\n{part}\n", "nowhere in it")
    ]
    start = document.text.find(part)
    assert spans_of_nodes(nodes, texts) == ((document.file, start, start + len(part)), (document.file, 0, 0))


@pytest.mark.parametrize(
    "text",
    [
        "The documents do not mention it.",
        "I don’t know.",
        "This isn't available.",
        "There is no information on that",
        "文件中没有提到这一点。",
        "",
    ],
)
def test_phrases_of_refusals_are_known(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["Korea Zinc plans 12 tons.", "It is not Yusheng.", "Not until 2028."])
def test_answers_are_no_refusals(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize(
    ("text", "kind", "right", "refused"),
    [
        ("It plans 12 tons.", "fact", 1.0, 0.0),
        ("It plans 12 tons, not 15 tons.", "fact", 0.0, 0.0),
        ("It plans a plant.", "fact", 0.0, 0.0),
        ("The sources do not say.", "fact", 0.0, 1.0),
        ("12 tons; the sources do not say when.", "fact", 1.0, 0.0),
        ("The sources do not say.", "wrong_attribute", 1.0, 1.0),
        ("The sources do not say, but 15 tons.", "wrong_attribute", 0.0, 0.0),
        ("It plans a plant.", "wrong_attribute", 0.0, 0.0),
    ],
)
def test_right_is_all_facts_and_nothing_wrong_or_a_refusal_where_there_is_no_answer(
    text: str, kind: str, right: float, refused: float
) -> None:
    asked = question(kind=kind) if kind == "fact" else question(kind=kind, facts=(), gold=())
    scores = scored(asked, Reply(text, ()))
    assert scores["right"] == right
    assert scores["wrong_refusal" if kind == "fact" else "right_refusal"] == refused
    assert scores["right_refusal" if kind == "fact" else "wrong_refusal"] is None


def test_quarrys_own_status_is_a_refusal_whatever_its_words() -> None:
    assert scored(question(), Reply("12 tons", (), "refused"))["right"] == 0.0
    assert scored(question(kind="wrong_subject", facts=()), Reply("No.", (), "refused"))["right"] == 1.0


def test_citations_are_scored_by_overlap_and_only_where_there_is_an_answer_to_cite() -> None:
    cited = (("a.txt", 0, 11), ("a.txt", 20, 30), ("b.txt", 10, 20), ("a.txt", 0, 0))
    scores = scored(question(gold=(("a.txt", 10, 20), ("a.txt", 40, 50))), Reply("12 tons", cited))
    assert (scores["citation_precision"], scores["citation_recall"], scores["cited_characters"]) == (0.25, 0.5, 31)
    refused = scored(question(), Reply("They do not say.", cited))
    assert (refused["citation_precision"], refused["citation_recall"], refused["cited_characters"]) == (None, 0.0, None)
    none = scored(question(kind="wrong_subject", facts=()), Reply("Yes.", cited))
    assert (none["citation_precision"], none["citation_recall"]) == (None, None)


def test_a_question_is_asked_cold_and_once_more_warm(seeds: Library) -> None:
    server = Server("Korea Zinc plans a germanium capacity of 12 tons a year.")
    llm, wire = client(server)
    record = measured(question(), "quarry", quarry(seeds, WiredModel(llm)), wire, seeds)
    assert (record.id, record.group, record.scores["right"], record.scores["error"]) == ("q/quarry", "quarry", 1.0, 0.0)
    assert [body["cache_prompt"] for body in server.bodies] == [False, True, True, True]  # each time answer and check
    assert (record.scores["prompt_tokens"], record.scores["cached_tokens"]) == (20.0, 9.0)
    seconds = record.detail["seconds"]
    assert 0 < seconds["first_text"] < seconds["first_token_cold"] < seconds["total"]
    assert record.detail["warm_cached_tokens"] == 18
    alone = measured(question(), "quarry_quotes", quarry(seeds, None), wire, seeds)
    assert alone.detail["seconds"]["first_token_cold"] is None
    assert "prompt_tokens" not in alone.scores
    assert len(server.bodies) == 4


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the chat engine's own thread
def test_a_prompt_over_the_window_is_a_rivals_error_and_ours_falls_back_to_quotes(
    seeds: Library, index: VectorStoreIndex
) -> None:
    llm, wire = client(FullServer())
    texts = {document.id: document for document in seeds.documents()}
    for name, system in (
        ("condense", condense_plus_context(index, llm, texts)),
        ("citation", citation_query_engine(index, llm, texts)),
    ):
        record = measured(question(), name, system, wire, seeds)
        assert record.scores == {"right": 0.0, "answerable_right": 0.0, "error": 1.0}
        assert "exceeds the available context size" in record.detail["error"]
    record = measured(question(wrong=()), "quarry", quarry(seeds, WiredModel(llm)), wire, seeds)
    assert (record.scores["right"], record.scores["error"]) == (1.0, 0.0)


def test_figures_are_each_systems_own_with_its_distance_to_quarry() -> None:
    seconds = {"first_text": 1.0, "first_token_cold": None, "first_token_warm": None, "total": 3.0}
    good = {"right": 1.0, "answerable_right": 1.0, "wrong_refusal": 0.0, "citation_recall": 0.5, "error": 0.0}
    records = [
        Record("a/quarry", "quarry", {**good}, {"seconds": seconds}),
        Record("b/quarry", "quarry", {**good}, {"seconds": seconds | {"total": 5.0}}),
        Record("a/bm25", "bm25", {**good}, {"seconds": seconds}),
        Record("b/bm25", "bm25", {"right": 0.0, "answerable_right": 0.0, "error": 1.0}, {"error": "no"}),
    ]
    figures = summary(records)
    assert (figures["quarry"]["right"].value, figures["quarry"]["right"].n) == (1.0, 2)
    assert (figures["bm25"]["right"].value, figures["bm25"]["errors"]) == (0.5, 1)
    assert (figures["bm25"]["wrong_refusal"].n, figures["bm25"]["wrong_refusal"].missing) == (1, 1)
    assert figures["quarry"]["seconds_total"].value == 4.0
    assert figures["quarry"]["seconds_first_token_cold"].value is None
    assert figures["bm25"]["quarry_gains"].value == 0.5
    assert "quarry_gains" not in figures["quarry"]
