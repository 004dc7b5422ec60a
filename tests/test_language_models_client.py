import json
import math
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import pytest

from assistant.chat import ask
from assistant.errors import LanguageModelError
from assistant.language_models.client import Connection, ServedModel, open_llm
from assistant.language_models.prompts import CHECK, messages
from assistant.settings import AssistantSettings
from assistant.types import Conversation
from evals.questions import load_questions
from evals.run import spread
from index.errors import IndexingError
from index.library.library import Library
from index.parsing.file import read_sources
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
    assert median(b - a for a, b in zip(times, times[1:], strict=False)) < 0.5
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


class TellingServer(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that says Yes, and with it how likely other words were, if that is wanted."""

    told = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        shares = {"Yes": 0.5, " yes": 0.1, "No": 0.2, "The": 0.2}
        tokens = [{"token": token, "logprob": math.log(share), "bytes": None} for token, share in shares.items()]
        choice = {"index": 0, "delta": {"role": "assistant", "content": "Yes"}, "finish_reason": None}
        if asked["logprobs"] and self.told:
            choice["logprobs"] = {"content": [{**tokens[0], "top_logprobs": tokens[: asked["top_logprobs"]]}]}
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        for one in (choice, {"index": 0, "delta": {}, "finish_reason": "length"}):
            self.wfile.write(f"data: {json.dumps(head | {'choices': [one]})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        pass


class SilentServer(TellingServer):
    told = False


@pytest.mark.parametrize(("handler", "share"), [(TellingServer, 0.75), (SilentServer, None)])
def test_a_yes_is_its_share_among_yes_and_no(handler: type[BaseHTTPRequestHandler], share: float | None) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    llm = ServedModel("m", lambda: Connection(f"http://127.0.0.1:{server.server_port}/v1", "key"), at_once=1)
    *_, found = llm.yes([("user", "Is it?")])
    assert found == (None if share is None else pytest.approx(share))
    server.shutdown()
    server.server_close()


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
def test_the_embedded_model_says_rather_yes_to_what_answers_than_to_another_company_s(embedded: ServedModel) -> None:
    source = "From “News”:\n[1] Korea Zinc plans a germanium plant with an annual capacity of 12 tons."
    right, wrong = (
        [*embedded.yes([("user", f"{source}\n\nQuestion: What capacity does {whose} plan?\n{CHECK}")])]
        for whose in ("Korea Zinc", "Umicore")
    )
    assert right[-1] is not None and wrong[-1] is not None
    assert 0 <= wrong[-1] < right[-1] <= 1


@pytest.mark.llm
@pytest.mark.parametrize("n", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_prompts_have_at_most_350_tokens_in_the_median_and_never_450(seeds: Library, embedded: ServedModel, n: int) -> None:
    own = [question.question for question in spread(load_questions(), n)]
    lengths = []
    for question in (*read_sources(SEEDS).questions, *own):
        llm = FakeModel("")
        final(seeds, question, llm)
        lengths += [tokens_of(prompt, embedded) for prompt in llm.asked]
    assert len(lengths) > n / 2
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
