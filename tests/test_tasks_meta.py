"""Small talk and questions about the library are answered without a search."""

from pathlib import Path

import pytest

from assistant.tasks.meta import meta
from index.ingest.ingest import ingest
from index.library.library import Library
from tests.conftest import final


@pytest.mark.parametrize(
    "text",
    [
        "Good morning, how are you today?",
        "ok great",
        "thanks!",
        "My apologies, wrong tab",
        "你好",
        "Who made you?",
        "What can you do?",
        "Where do you get your answers?",
        "Do you send my questions to the cloud?",
        "How's it going?",
        "Take care",
    ],
)
def test_small_talk_is_answered_without_a_search(seeds: Library, text: str) -> None:
    answer = final(seeds, text)
    assert (answer.status, answer.hits, answer.citations) == ("meta", (), ())


def test_the_documents_are_listed_with_their_dates(seeds: Library) -> None:
    text = meta("Which documents do you have?", seeds) or ""
    assert text.startswith("I hold 3 documents")
    assert all(document.title in text for document in seeds.documents())
    assert "undated" in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who publishes your sources?", "“Interview with Jun Wu, Guangxi Yusheng Germanium Hi-Tech” (Asian Metal)"),
        ("Which is your latest file?", "None of my documents has a date"),
        ("How do I upload my own files?", "quarry ingest"),
        ("List all documents", "I hold 3 documents"),
        ("Do you search the web?", "not the internet"),
    ],
)
def test_what_is_asked_of_the_documents_is_told(seeds: Library, question: str, says: str) -> None:
    assert says in (meta(question, seeds) or "")


def test_the_newest_of_dated_documents_is_named(library: Library, tmp_path: Path) -> None:
    for year in ("2024", "2025"):
        (tmp_path / f"report-{year}.txt").write_text(f"The smelter of {year} opened.", encoding="utf-8")
    dates = '[documents]\n"report-2024.txt" = { date = "2024-03-01" }\n"report-2025.txt" = { date = "2025-06" }\n'
    (tmp_path / "sources.toml").write_text(dates, encoding="utf-8")
    assert [report.state for report in ingest(library, [tmp_path])] == ["added"] * 2
    newest, oldest = meta("Which is your newest document?", library) or "", meta("What is the oldest file?", library) or ""
    assert newest.partition(")")[0].endswith("(2025-06") and oldest.partition(")")[0].endswith("(2024-03-01")


def test_a_title_with_line_breaks_and_tabs_makes_no_table(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The smelter opened.", encoding="utf-8")
    facts = '{ title = "One\\n\\tTwo", publisher = "A\\n\\tB", date = "2025-06" }'
    (tmp_path / "sources.toml").write_text(f'[documents]\n"a.txt" = {facts}\n', encoding="utf-8")
    assert [report.state for report in ingest(library, [tmp_path])] == ["added"]
    for question in ("Which documents do you have?", "Which is your newest file?", "Who publishes your sources?"):
        text = meta(question, library) or ""
        assert "“One Two”" in text and not {"\n", "\t"} & set(text)


@pytest.mark.parametrize(
    "question",
    [
        "How much was it?",
        "How many are there?",
        "How much is that?",
        "How much?",
        "How fast is it?",
        "Is it good?",
        "Is that all?",
        "Was that a mistake?",
        "Was there a problem?",
        "Thanks, and how much was it?",
        "Today?",
        "What can I do to apply for an export licence?",
        "What can you do with gallium?",
        "What can I do about that?",
        "What could I do about dust?",
        "What happens if the documents are submitted late?",
        "In which languages did the ministry ask for comments?",
        "Which language does the tender ask for?",
        "How can you help workers",
        "What are you told about zinc?",
        "Which documents mention gallium?",
        "How many sources of germanium are there?",
        "What is the source?",
        "The second one",
        "What is Korea Zinc's planned germanium capacity?",
        "How do you get the symbol on the keyboard?",
        "What are the titles of the books mentioned in the text?",
        "And in 2025?",
        "",
    ],
)
def test_a_question_about_what_the_documents_say_is_searched(seeds: Library, question: str) -> None:
    assert meta(question, seeds) is None
