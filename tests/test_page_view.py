"""What an open page draws: each event the page as it is, a newer one over an older one."""

import threading
from collections.abc import Iterator

import pytest

from assistant.page import view as page_view
from assistant.page.view import View
from assistant.service.answers import Answers, Question
from assistant.service.service import LocalService
from assistant.settings import AssistantSettings
from assistant.types import Answer
from index.library.library import Library


@pytest.fixture
def service(library: Library) -> Iterator[LocalService]:
    """One whose answers are held until the test ends."""
    go = threading.Event()

    def held(*_: object) -> Iterator[Answer]:
        go.wait(60)
        yield Answer("Twelve tons.", stage="done")

    made = LocalService(library, AssistantSettings(llm="none"), lambda *_: None, print)
    made.answers = Answers(held, made.conversations)  # type: ignore[arg-type]
    yield made
    go.set()
    made.answers.close()


def test_a_late_drawing_leaves_no_older_page_behind(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_view, "LATE", 0.1)
    view = View(service)
    service.answers.ask(view.chat.conversation, Question("Is it there?"))
    old = view.draw()
    before = next(old)
    service.answers.ask(view.chat.conversation, Question("And this?"))
    new = view.draw()  # which begins though the old one, slow to be sent, has not ended
    now = next(new)
    assert before.stored and now.stored and before.stored.count("q-working") == 1 and now.stored.count("q-working") == 2
    rest = list(old)
    last = [drawn for drawn in rest if drawn != page_view.Drawn()]
    assert [drawn.stored for drawn in last] == [now.stored]  # nothing older comes after what is new,
    assert rest[-1] == page_view.Drawn()
    assert next(drawn for drawn in new if drawn.stored) == now  # and once all is sent, the page is drawn as it is
    view.leave()


def test_a_drawing_of_a_page_at_rest_ends_with_nothing_that_gradio_could_send_again_over_a_newer_one(
    service: LocalService,
) -> None:
    first, *rest = View(service).draw()
    assert first.stored and rest == [page_view.Drawn()]


def test_a_drawing_that_waits_for_the_one_before_it_is_drawn_once(service: LocalService) -> None:
    view = View(service)
    service.answers.ask(view.chat.conversation, Question("Is it there?"))
    old = view.draw()
    next(old)
    rest: list[page_view.Drawn] = []
    ended = threading.Event()

    def go_on() -> None:
        rest.extend(old)
        ended.set()

    threading.Thread(target=go_on).start()
    new = view.draw()
    assert next(new).stored and ended.wait(9)
    assert all(drawn == page_view.Drawn() for drawn in rest)
    view.leave()
    assert list(new) == [page_view.Drawn()]
