"""Documents summed up and compared: cited, about the ones meant, or asked back which."""

from html.parser import HTMLParser

import pytest

from assistant.chat import ask
from assistant.page.answer_html import page_html
from assistant.rendering.export import markdown
from assistant.rendering.render import terminal
from assistant.rendering.table import blocks, columns
from assistant.tasks.comparison import NOT_FOUND
from assistant.tasks.sides import requested
from assistant.tasks.summary import summed_up
from assistant.types import Answer, Conversation, Turn
from index.library.library import Library
from index.types import Filters
from tests.conftest import FakeModel, assert_round_trips, final

ROSTEC = "Rostec to increase germanium production after China's export restrictions"
KOREA_ZINC = "Korea Zinc signs an MOU to stabilize the germanium supply chain"


def talked(library: Library, *questions: str) -> Conversation:
    """The conversation in which these were asked."""
    conversation = Conversation()
    for question in questions:
        answer = final(library, question, conversation=conversation)
        conversation = Conversation(turns=(*conversation.turns, Turn(question, answer, "2026-01-01T00:00:00+00:00")))
    return conversation


def titles(answer: Answer) -> set[str]:
    return {citation.title for citation in answer.citations}


def table(answer: Answer) -> list[list[str]]:
    ((prose, rows),) = blocks(answer.text)
    assert not prose
    return rows


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("Summarise this document", "this document"),
        ("Can you sum up the interview for me?", "the interview"),
        ("Give me a short summary of the Korea Zinc article, please.", "the Korea Zinc article"),
        ("What is this document about?", "this document"),
        ("tl;dr", ""),
        ("What is the total capacity of all plants?", None),
        ("What is the debate about?", None),
        ("Who wrote the summary of the report?", None),
        ("Recap: the interview", "the interview"),
        ("Recapture the market", None),
        ("Summarised figures of 2025", None),
    ],
)
def test_a_summary_is_asked_for_in_many_words(question: str, phrase: str | None) -> None:
    assert summed_up(question) == phrase


@pytest.mark.parametrize(
    ("question", "sides", "attributes"),
    [
        ("Compare Yusheng and Korea Zinc", ("Yusheng", "Korea Zinc"), ()),
        ("Compare the germanium capacity of Yusheng and Korea Zinc", ("Yusheng", "Korea Zinc"), ("germanium capacity",)),
        ("Compare Yusheng's and Korea Zinc's output", ("Yusheng", "Korea Zinc"), ("output",)),
        ("How do A and B differ in price and weight?", ("A", "B"), ("price", "weight")),
        ("Yusheng vs. Korea Zinc", ("Yusheng", "Korea Zinc"), ()),
        ("Compare these two", ("these two", ""), ()),
        ("What's the difference between a and b?", ("a", "b"), ()),
        ("What are the differences between a and b?", ("a", "b"), ()),
        ("Compare the number of workers at Ulsan and at Zhuzhou", ("Ulsan", "Zhuzhou"), ("number of workers",)),
        ("Compare the number of workers at Ulsan and Zhuzhou", ("Ulsan", "Zhuzhou"), ("number of workers",)),
        ("Compare the work of Lee at Ulsan and Kim at Zhuzhou", ("Lee at Ulsan", "Kim at Zhuzhou"), ("work",)),
        ("Compare the price of zinc and that of tin", ("zinc", "tin"), ("price",)),
        ("Compare , and b", None, ()),
        ("Compare and b", None, ()),
        ("Compare a and", None, ()),
        ("Compare ,", None, ()),
        ("- vs b", None, ()),
        ("How did the navy make an immediate difference in the war?", None, ()),
        ("How is germanium obtained?", None, ()),
    ],
)
def test_a_comparison_has_two_sides_and_perhaps_attributes(
    question: str, sides: tuple[str, str] | None, attributes: tuple[str, ...]
) -> None:
    found = requested(question)
    assert (found and (found.one, found.other)) == sides
    assert found is None or found.attributes == attributes


def test_a_document_named_by_words_of_its_title_is_summed_up_with_citations(seeds: Library) -> None:
    answer = final(seeds, "Summarise the Rostec article")
    assert (answer.status, titles(answer), len(answer.citations)) == ("answered", {ROSTEC}, 5)
    starts = [citation.start for citation in answer.citations]
    assert starts == sorted(set(starts))
    assert answer.text.startswith(f"“{ROSTEC}” (undated)") and "27% in a week" in answer.text
    assert_round_trips(answer, seeds)


def test_this_document_is_the_one_cited_last(seeds: Library) -> None:
    for words, title in (("Rostec", ROSTEC), ("Korea Zinc", KOREA_ZINC)):
        conversation = talked(seeds, f"Summarise the {words} article", "Thanks!")
        assert titles(final(seeds, "What is this document about?", conversation=conversation)) == {title}


def test_which_document_is_meant_is_asked_back_and_the_reply_sums_it_up(seeds: Library) -> None:
    conversation = talked(seeds, "Summarise this document")
    asked = conversation.turns[0].answer
    assert (asked.status, [one.name for one in asked.candidates]) == ("asks_back", [d.title for d in seeds.documents()])
    assert titles(final(seeds, "the third", conversation=conversation)) == {KOREA_ZINC}


def test_a_follow_up_of_a_summary_is_about_its_document(seeds: Library) -> None:
    conversation = talked(seeds, "Summarise the Korea Zinc article")
    answer = final(seeds, "How many won will it invest to recover gallium?", conversation=conversation)
    assert answer.status == "answered" and titles(answer) == {KOREA_ZINC} and "55.7 billion won" in answer.text


def test_a_subject_that_is_no_document_is_searched(seeds: Library) -> None:
    answer = final(seeds, "Summarise Korea Zinc's plans for gallium")
    assert answer.hits and "gallium" in answer.text


def test_only_documents_that_may_be_read_are_summed_up(seeds: Library) -> None:
    file = next(document.file for document in seeds.documents() if document.title == ROSTEC)
    answer = list(ask("Summarise all documents", library=seeds, filters=Filters(files=(file,))))[-1]
    assert titles(answer) == {ROSTEC}
    listed = list(ask("Which documents do you have?", library=seeds, filters=Filters(files=(file,))))[-1]
    assert ROSTEC in listed.text and KOREA_ZINC not in listed.text


def test_two_documents_are_compared_in_a_cited_table(seeds: Library) -> None:
    answer = final(seeds, "Compare the interview with the Rostec article")
    rows = table(answer)
    assert rows[0][2] == ROSTEC and len(rows) > 3
    for label, ours, theirs in rows[1:]:
        assert label and ours and theirs
        word = label.split(",")[0].lower()
        assert word in ours.lower()
    assert len(answer.citations) == len(answer.spans) == 2 * (len(rows) - 1)
    assert_round_trips(answer, seeds)


def test_which_two_are_meant_is_asked_back_and_the_reply_compares_them(seeds: Library) -> None:
    conversation = talked(seeds, "Compare these two documents")
    assert len(conversation.turns[0].answer.candidates) == 3
    answer = final(seeds, "3", conversation=conversation)
    assert table(answer)[0] == ["", ROSTEC, KOREA_ZINC] and titles(answer) == {ROSTEC, KOREA_ZINC}
    following = Conversation(turns=(*conversation.turns, Turn("3", answer, "")))
    assert titles(final(seeds, "Compare these two", conversation=following)) == {ROSTEC, KOREA_ZINC}


def test_two_subjects_are_compared_by_what_is_said_of_each(seeds: Library) -> None:
    answer = final(seeds, "Compare the germanium capacity of Yusheng and Korea Zinc")
    (head, (label, ours, theirs)) = table(answer)
    assert (head, label) == (["", "Yusheng", "Korea Zinc"], "germanium capacity")
    assert "50t" in ours and "12 tons" in theirs
    assert_round_trips(answer, seeds)


def test_a_cell_without_a_sentence_about_its_subject_says_so(seeds: Library) -> None:
    answer = final(seeds, "Compare the defense customer of Yusheng and Korea Zinc")
    ((_, ours, theirs),) = table(answer)[1:]
    assert ours == NOT_FOUND and "Lockheed Martin" in theirs and answer.status == "partly"


def test_a_subject_of_which_nothing_is_said_is_named_in_the_refusal(seeds: Library) -> None:
    answer = final(seeds, "Compare Umicore and Korea Zinc")
    assert answer.refused and "“Umicore”" in answer.text


def test_a_cell_is_empty_where_its_document_does_not_say_and_a_table_without_cells_is_a_refusal(seeds: Library) -> None:
    answer = final(seeds, "Compare the germanium capacity and the employees of Yusheng and Korea Zinc")
    assert [row.split("\t")[0] for row in answer.text.splitlines()[1:]] == ["germanium capacity", "employees"]
    ours, theirs = answer.text.splitlines()[2].split("\t")[1:]
    assert "1,200 staff members" in ours and theirs == NOT_FOUND
    assert answer.status == "partly"
    nothing = final(seeds, "Compare the revenue of Korea Zinc and Yusheng")
    assert nothing.status == "refused" and "revenue of Korea Zinc, revenue of Yusheng" in nothing.text
    assert not nothing.citations and len(nothing.nearest) == 2
    assert_round_trips(nothing, seeds)


def test_a_comparison_worded_as_a_question_is_left_to_the_language_model(seeds: Library) -> None:
    llm = FakeModel("Korea Zinc wants to sell overseas.", p_yes=1.0)
    final(seeds, "How do Yusheng and Korea Zinc differ when it comes to supplying markets abroad?", llm)
    assert llm.asked
    assert final(seeds, "How do Yusheng and Korea Zinc differ in germanium capacity?").text.startswith("\t")


class Cells(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.count: dict[str, int] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1


def test_a_table_is_one_on_the_page_in_the_terminal_and_in_markdown(seeds: Library) -> None:
    conversation = talked(seeds, "Compare the interview with the Rostec article")
    answer = conversation.turns[0].answer
    rows = table(answer)
    found = Cells(page_html(answer)).count
    assert (found["table"], found["tr"], found["td"]) == (1, len(rows), 2 * (len(rows) - 1))
    shown = terminal(answer)
    assert "\t" not in shown and max(map(len, columns(rows).split("\n"))) <= 100
    written = [line for line in markdown(conversation, ()).split("\n") if line.startswith("|")]
    assert len(written) == len(rows) + 1 and all(line.count(" | ") == 2 for line in written if "---" not in line)
    for number in range(1, len(answer.citations) + 1):
        assert f"[{number}]" in shown and any(f"[{number}]" in line for line in written)


def test_a_table_of_many_columns_keeps_room_for_each() -> None:
    names = [f"column{number}" for number in range(30)]
    assert columns([["", *names], ["row", *names]]).count("column29") == 2


def test_prose_is_no_table() -> None:
    assert list(blocks("One.\nTwo\tand a tab.")) == [("One.\nTwo\tand a tab.", [])]
