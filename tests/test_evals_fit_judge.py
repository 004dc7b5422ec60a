from evals.fit_judge import judged, reached
from evals.questions import load_questions
from evals.runs import Record
from index.library.library import Library
from tests.conftest import FakeModel


def record(number: int, right: float | None, answerable: float, p_yes: float | None) -> Record:
    detail = {"half": "open", "quotes": "", "answerable": answerable, "p_yes": p_yes}
    return Record(str(number), "fact", {"right": right}, detail)


def test_a_yes_that_parts_right_from_wrong_makes_no_error_between_them() -> None:
    cases = [(1.0, 0.68), (1.0, 0.65), (0.0, 0.55), (0.0, 0.52), (None, None)]
    figures = reached([record(n, right, 0.9 - n / 10, p_yes) for n, (right, p_yes) in enumerate(cases)])
    assert (figures["n"], figures["asked"], figures["right"], figures["auroc yes"]) == (5, 4, 0.5, 1.0)
    assert "0.50 0.00/1.00" in figures["right refused/wrong given"]
    assert "0.60 0.00/0.00" in figures["right refused/wrong given"]
    assert "0.70 1.00/0.00" in figures["right refused/wrong given"]


def test_the_quotes_of_each_question_are_judged_by_the_facts_they_hold(seeds: Library) -> None:
    known = next(q for q in load_questions() if q.kind == "number" and "12" in str(q.facts) and "Korea" in q.question)
    nowhere = next(q for q in load_questions() if "Umicore" in q.question)
    llm = FakeModel("", p_yes=lambda prompt: 0.9 if "12 tons" in prompt and "Umicore" not in prompt else 0.2)
    right, wrong = (judged(question, seeds, llm) for question in (known, nowhere))
    assert (right.scores["right"], right.detail["p_yes"]) == (1.0, 0.9)
    assert (wrong.scores["right"], wrong.detail["p_yes"]) == (0.0, 0.2)
    assert llm.asked == []
