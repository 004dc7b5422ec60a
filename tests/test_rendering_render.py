import re
from html.parser import HTMLParser

import pytest

from assistant.page.answer_html import page_html, question_html
from assistant.page.source_html import source_html
from assistant.rendering.render import json_object, marked, terminal
from assistant.types import Answer, AnswerSpan, Candidate, Citation, Verdict
from index.types import Document

EVIL = '<script>alert(1)</script> <img src="http://evil.example/x.png"> ![x](http://evil.example) [1] "quoted"'


def citation(quote: str, title: str = "A", number: int = 1) -> Citation:
    return Citation(number, "d", 1, "a.txt", title, None, 3, 3 + len(quote), quote, page=7)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_marks_stand_where_the_spans_end_and_nowhere_else() -> None:
    answer = Answer(text="The text says [1]. So it is.", spans=(AnswerSpan(0, 18, (2,)), AnswerSpan(19, 28, (1, 2))))
    assert marked(answer, lambda number: f"<{number}>") == "The text says [1].<2> So it is.<1><2>"


def test_nothing_of_a_document_becomes_markup_or_ends_the_block() -> None:
    evil = citation(EVIL, title=f"Plan\n\n{EVIL}")
    answer = Answer(text=EVIL, spans=(AnswerSpan(0, len(EVIL), (1,)),), citations=(evil,), nearest=(evil,), stage="done")
    for html in (page_html(answer), question_html(f"{EVIL}\n\n{EVIL}")):
        assert "\n" not in html
        tags = Tags(html).found
        assert not {"script", "img"} & {tag for tag, _ in tags}
        assert all((attributes["href"] or "").startswith("#c-d-1-3-") for tag, attributes in tags if tag == "a")


def test_the_source_panel_marks_the_passage_and_escapes_the_rest() -> None:
    document = Document("d", "default", "a.txt", "<b>A</b>", "", None, "one <two> three", (), 1, "h")
    html = source_html(document, 4, 9)
    assert 'one <mark id="q-passage" tabindex="-1">&lt;two&gt;</mark> three' in html
    assert "<b>" not in html


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 4), (4, 9), (30_000, 30_020), (59_990, 60_000)])
def test_the_source_panel_shows_the_whole_text_once(start: int, end: int) -> None:
    text = "".join(f"line {number:<13}\n" for number in range(3000))
    document = Document("d", "default", "a.txt", "A", "", None, text, (), 1, "h")
    shown = source_html(document, start, end).partition('<div class="q-document">')[2]
    assert re.sub("<[^>]*>", "", shown) == text
    assert shown.count("<mark") == bool(end)


def test_computed_figures_and_removed_statements_are_said() -> None:
    verdicts = (Verdict(0, 4, "computed", "38 t = 50t - 12 tons"),)
    text = terminal(Answer(text="38 t", verdicts=verdicts, removed=2, notes=("a note",)))
    assert text == "38 t\n(computed: 38 t = 50t - 12 tons)\n(2 statements removed: not supported by the sources)\n(a note)"


def test_json_names_the_place_of_each_citation() -> None:
    answer = Answer(text="It is.", spans=(AnswerSpan(0, 6, (1,)),), citations=(citation("quote"),))
    found = json_object("Is it?", answer)
    assert found["answer"] == "It is. [1]"
    assert found["citations"] == [
        {
            "number": 1,
            "file": "a.txt",
            "title": "A",
            "date": None,
            "version": 1,
            "start": 3,
            "end": 8,
            "quote": "quote",
            "page": 7,
            "last_page": None,
        }
    ]


def test_the_query_is_shown_where_it_is_not_the_question() -> None:
    answer = Answer(text="12 t", query="What is A's gallium <capacity>?", stage="done")
    assert terminal(answer, question="And gallium?").startswith("Searched for: What is A's gallium <capacity>?\n\n12 t")
    assert "&lt;capacity&gt;" in page_html(answer, question="And gallium?")
    assert "Searched for" not in terminal(answer, question=answer.query) + page_html(answer, question=answer.query)


def test_the_subjects_of_a_question_back_are_buttons_with_their_passages() -> None:
    offered = (Candidate("A <b>", 3), Candidate("B", 1))
    html = page_html(Answer(text="Which one do you mean?\n1. A", status="asks_back", candidates=offered, stage="done"))
    assert html.count('href="#reply"') == 2 and "A &lt;b&gt; (3)" in html and "1. A" not in html
