import json
from pathlib import Path

import pytest

from assistant.types import Answer
from evals import corpus, runs
from evals.contoso import (
    PageQuestion,
    check_gold,
    contoso,
    first_pages,
    load_page_questions,
    load_published,
    measured,
    page_scores,
    page_span,
    summary,
)
from evals.errors import EvaluationError
from evals.metrics import overlaps
from evals.runs import load_run
from index.ingest.ingest import ingest
from index.library.library import Library
from index.types import Chunk, Hit
from tests.conftest import FakeModel

FILLER = [
    "This part of the handbook was written for all members of the staff and their families.",
    "Questions about it are gladly taken by the office on the second floor, every day from nine to five.",
    "Please keep a printed copy of this page in a dry and safe place, as it replaces all earlier ones.",
]
PAGES = [
    ["Balance billing is what a provider bills beyond the plan.", "The plan protects employees from balance billing."],
    ["Clinical trials: travel expenses of attending trials are never paid by the plan."],
    ["The wellness allowance pays up to 1000 dollars for fitness classes each year."],
]
"""The lines of each page; with the filler below them, each page is a chunk of its own."""


def write_pdf(path: Path, pages: list[list[str]]) -> None:
    """A PDF of these lines of text."""
    count = len(pages)
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    objects.append(f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * i} 0 R' for i in range(count))}] /Count {count} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for i, lines in enumerate(pages):
        box = "/MediaBox [0 0 900 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * i} 0 R >>")
        stream = f"BT /F1 12 Tf 50 700 Td {' '.join(f'({line}) Tj 0 -20 Td' for line in lines)} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = "%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{item}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    path.write_bytes(f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like contoso-hr, with a PDF of three pages and a text without pages; runs are saved beside it."""
    monkeypatch.setattr(runs, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "vectors.db")
    folder = tmp_path / "data"
    (folder / "docs").mkdir(parents=True)
    write_pdf(folder / "docs" / "plan.pdf", [[*page, *FILLER] for page in PAGES])
    (folder / "docs" / "about.md").write_text("# About\n\nThe company was founded in 1985 by two engineers.\n")
    rows = [
        {"question": "Does the plan protect employees from balance billing?", "truth": "Yes, it does. [plan.pdf#page=1]"},
        {"question": "Are travel expenses of clinical trials paid?", "truth": "No. [plan.pdf#page=1]"},
        {"question": "Who won the zebra race in Mombasa?", "truth": "A zebra. [plan.pdf#page=2]"},
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture
def documents(data: Path, library: Library) -> Library:
    assert {report.state for report in ingest(library, [data / "docs"])} == {"added"}
    return library


def test_citations_are_taken_out_of_the_truth_and_become_pages(tmp_path: Path) -> None:
    truth = "Costs [in dollars] vary. [a.pdf#page=7] [b c.pdf#page=12][a.pdf#page=7]"
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"question": "What?", "truth": truth}) + "\n")
    assert load_page_questions(path) == [
        PageQuestion("1", "What?", "Costs [in dollars] vary.", (("a.pdf", 7), ("b c.pdf", 12)))
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": "What?"}, "object 1 needs"),
        ({"question": " ", "truth": "It. [a.pdf#page=1]"}, "object 1 needs"),
        ({"question": "What?", "truth": "It. [a.pdf]"}, "object 1 names no page"),
    ],
)
def test_a_malformed_question_is_named(tmp_path: Path, row: dict[str, str], message: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(EvaluationError, match=message):
        load_page_questions(path)


def test_a_gold_page_that_the_documents_do_not_have_is_an_error(documents: Library) -> None:
    check_gold([PageQuestion("1", "What?", "It.", (("plan.pdf", 3),))], documents, Path("file"))
    for file, page in (("plan.pdf", 0), ("plan.pdf", 4), ("about.md", 1), ("other.pdf", 1)):
        with pytest.raises(EvaluationError, match=f"no page {page} of {file}"):
            check_gold([PageQuestion("1", "What?", "It.", ((file, page),))], documents, Path("file"))


def test_a_page_is_itself_or_with_the_next_one_and_no_page_is_nowhere() -> None:
    assert overlaps(page_span("a.pdf", 8), page_span("a.pdf", 8))
    assert not overlaps(page_span("a.pdf", 8), page_span("a.pdf", 7))
    assert overlaps(page_span("a.pdf", 8), page_span("a.pdf", 7, following=1))
    assert not overlaps(page_span("a.pdf", 9), page_span("a.pdf", 7, following=1))
    assert not overlaps(page_span("a.pdf", 6), page_span("a.pdf", 7, following=1))
    assert not overlaps(page_span("b.pdf", 7), page_span("a.pdf", 7, following=1))
    assert not overlaps(page_span("a.pdf", None), page_span("a.pdf", 1, following=1))


def test_page_scores_of_a_case_worked_by_hand() -> None:
    # Gold: pages 7 and 20. Found: 7, 21, 3. Cited: 8, 8, 30 and a file without pages.
    found = [page_span("a.pdf", page) for page in (7, 21, 3)]
    cited = [*(page_span("a.pdf", page) for page in (8, 8, 30)), page_span("a.md", None)]
    assert page_scores(found, cited, [("a.pdf", 7), ("a.pdf", 20)], said=True) == {
        "page_recall": 0.5,
        "page_recall_next": 1.0,
        "citation_precision": 0.0,
        "citation_precision_next": 0.5,
        "citation_recall": 0.0,
        "citation_recall_next": 0.5,
        "any_citation": 0.0,
        "any_citation_next": 1.0,
    }


def test_a_refusal_finds_pages_but_cites_none() -> None:
    scores = page_scores([page_span("a.pdf", 7)], [], [("a.pdf", 7)], said=False)
    assert scores["page_recall"] == 1.0 and scores["citation_recall"] == 0.0
    assert scores["citation_precision"] is None and scores["any_citation"] is None


def test_the_first_three_distinct_pages_of_the_hits_count_in_their_order(documents: Library) -> None:
    files = {document.file: document for document in documents.documents()}

    def hit(file: str, page: int | None, start: int) -> Hit:
        document = files[file]
        text = document.text[start : start + 1]
        return Hit(Chunk(document.id, document.version, start, start + 1, "", page, text), 1.0, None)

    pages = [("plan.pdf", 3), ("plan.pdf", 3), ("about.md", None), ("plan.pdf", 1), ("plan.pdf", 9), ("plan.pdf", 2)]
    answer = Answer(hits=tuple(hit(file, page, start) for start, (file, page) in enumerate(pages)))
    assert [span[:2] for span in first_pages(answer, documents)] == [("plan.pdf", 3), ("plan.pdf", 1), ("plan.pdf", 9)]


def test_the_text_of_an_answer_is_compared_with_the_truth(documents: Library) -> None:
    model = FakeModel("Travel expenses of attending trials are never paid by the plan. [1]")
    question = "Are travel expenses of attending clinical trials paid by the plan?"
    record = measured(PageQuestion("1", question, "Expenses are never paid", (("plan.pdf", 2),)), documents, model)
    assert record.detail["answerer"] == "fake"
    assert record.scores["citation_precision"] == record.scores["any_citation"] == record.scores["cites"] == 1.0
    # 10 of the answer's words count (11 without "the"), 4 of the truth's, 4 shared.
    assert record.detail["answer"] == "Travel expenses of attending trials are never paid by the plan."
    assert record.scores["token_f1"] == pytest.approx(2 * 4 / (10 + 4))
    assert record.scores["rouge_l"] == pytest.approx(2 * 4 / (11 + 4))
    assert record.scores["words"] == 11.0


def test_the_command_scores_refusals_as_no_words_and_saves_every_question(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "rival_metrics.json").write_text(json.dumps({"rival": {"ctx_recall": 0.5, "n_gold": 3}}))
    figures = contoso(data, questions=data / "questions.jsonl")
    out = capsys.readouterr().out
    last = json.loads(out.splitlines()[-1])
    _, records = load_run(Path(last["run"]))
    assert [record.detail["status"] for record in records] == ["answered", "answered", "refused"]
    assert records[0].scores["citation_precision"] is not None and records[2].scores["citation_precision"] is None
    # The text on clinical trials is on page 2, its label says 1: only with the next page accepted is it right.
    assert {citation["page"] for citation in records[1].detail["citations"]} == {2}
    assert records[1].scores["citation_recall"] == 0.0 and records[1].scores["citation_recall_next"] == 1.0
    assert records[2].scores["token_f1"] == records[2].scores["rouge_l"] == 0.0
    assert figures["refused"].value == pytest.approx(1 / 3)
    assert figures["citation_precision"].n == 2 and figures["citation_precision"].missing == 1
    assert figures["any_citation"].n == 2 and figures["token_f1"].n == figures["page_recall"].n == 3
    assert figures["page_recall"].value == 1.0  # three pages, all found
    assert figures == summary(records) | {"chunks": figures["chunks"]}
    assert "Published by others" in out and "rival" in out and last["figures"]["n"] == 3


def test_others_figures_are_optional_but_must_be_well_formed(tmp_path: Path) -> None:
    assert load_published(tmp_path / "rival_metrics.json") == {}
    (tmp_path / "rival_metrics.json").write_text("[1]")
    with pytest.raises(EvaluationError, match=r"rival_metrics\.json is malformed"):
        load_published(tmp_path / "rival_metrics.json")


def test_a_missing_folder_is_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no folder .*nowhere"):
        contoso(tmp_path / "nowhere", questions=data / "questions.jsonl")
