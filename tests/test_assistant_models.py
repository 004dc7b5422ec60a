import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import pytest

from assistant.chat import ask
from assistant.errors import LanguageModelError
from assistant.models import Connection, ServedModel, open_llm
from assistant.prompts import messages
from assistant.settings import AssistantSettings
from assistant.types import Conversation
from evals.questions import load_questions
from evals.run import spread
from index.errors import IndexingError
from index.library import Library
from index.read import read_sources
from tests.conftest import SEEDS, FakeModel, assert_round_trips, final


class SlowServer(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that thinks for a second, then sends words until its client leaves."""

    left = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            time.sleep(1)
            for _ in range(200):
                choice = {"index": 0, "delta": {"content": "a "}}
                head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
                chunk = json.dumps(head | {"choices": [choice]})
                self.wfile.write(f"data: {chunk}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            SlowServer.left.set()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def slow_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_stream_yields_while_nothing_comes_and_a_closed_one_hangs_up(slow_url: str) -> None:
    llm = ServedModel("m", lambda: Connection(slow_url, "key"), at_once=1)
    llm.start()
    pieces = llm.stream([("user", "hello")], 10)
    times, first = [time.monotonic()], ""
    while not first:
        first = next(pieces)
        times.append(time.monotonic())
    assert first == "a "
    assert len(times) > 4
    assert max(b - a for a, b in zip(times, times[1:], strict=False)) < 0.5
    pieces.close()  # type: ignore[attr-defined]
    assert SlowServer.left.wait(5)


def test_a_second_question_waits_for_the_first_and_yields_meanwhile(slow_url: str) -> None:
    llm = ServedModel("m", lambda: Connection(slow_url, "key"), at_once=1)
    first = llm.stream([("user", "hello")], 10)
    next(first)
    second = llm.stream([("user", "hello")], 10)
    assert [next(second), next(second)] == ["", ""]
    first.close()  # type: ignore[attr-defined]
    assert "a " in [next(second) for _ in range(20)]
    second.close()  # type: ignore[attr-defined]


def test_a_server_that_is_not_there_is_named_as_the_reason() -> None:
    llm = ServedModel("m", lambda: Connection("http://127.0.0.1:9/v1", "key"), at_once=1)
    with pytest.raises(LanguageModelError, match="broke off"):
        list(llm.stream([("user", "hello")], 10))


@pytest.mark.parametrize("name", ["gpt-9", "/nowhere/model.gguf"])
def test_a_model_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(IndexingError, match=name.split("/")[-1]):
        open_llm(AssistantSettings(llm=name), lambda done, all_: None)


@pytest.fixture(scope="module")
def embedded() -> ServedModel:
    llm = open_llm(AssistantSettings(), lambda done, all_: None)
    assert llm is not None
    llm.start()
    return llm


@pytest.mark.llm
def test_the_embedded_model_answers_from_the_seeds(seeds: Library, embedded: ServedModel) -> None:
    answers = list(ask("What is Korea Zinc's planned germanium capacity?", Conversation(), library=seeds, llm=embedded))
    assert answers[-1].status == "answered"
    assert "12" in answers[-1].text
    assert any("12 tons (t)" in citation.quote for citation in answers[-1].citations)
    assert_round_trips(answers[-1], seeds)


@pytest.mark.llm
def test_prompts_have_at_most_350_tokens_in_the_median_and_never_450(seeds: Library, embedded: ServedModel) -> None:
    own = [question.question for question in spread(load_questions(), 60)]
    lengths = []
    for question in (*read_sources(SEEDS).questions, *own):
        llm = FakeModel("")
        final(seeds, question, llm)
        lengths += [tokens_of(prompt, embedded) for prompt in llm.asked]
    assert len(lengths) > 30
    assert median(lengths) <= 350 and max(lengths) < 450


def tokens_of(prompt: str, llm: ServedModel) -> int:
    """The length of a prompt of two messages, by the model's own tokenizer, with the 20 tokens of the chat template."""
    import httpx

    assert llm._connection is not None
    headers = {"Authorization": f"Bearer {llm._connection.key}"}
    url = f"{llm._connection.url.removesuffix('/v1')}/tokenize"
    return len(httpx.post(url, json={"content": prompt}, headers=headers, trust_env=False).json()["tokens"]) + 20


@pytest.mark.llm
def test_the_embedded_server_is_closed_to_others(embedded: ServedModel) -> None:
    import httpx

    assert embedded._connection is not None
    url = embedded._connection.url.removesuffix("/v1")
    assert httpx.get(f"{url}/v1/models", trust_env=False).status_code == 401
    assert httpx.get(f"{url}/", trust_env=False).status_code == 404
    headers = {"Authorization": f"Bearer {embedded._connection.key}"}
    assert httpx.get(f"{url}/slots", headers=headers, trust_env=False).status_code == 501


def test_messages_name_each_document_once() -> None:
    [_, (role, text)] = messages("Q?", ())
    assert (role, text) == ("user", "\n\nQuestion: Q?\nAnswer:")
