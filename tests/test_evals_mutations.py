from pathlib import Path
from random import Random

import pytest

from evals.errors import EvaluationError
from evals.mutations import cases, measured, summary
from evals.perturb import MUTATIONS
from evals.reword import dates, thousands, units
from evals.statements import Statement, load_statements

TEXT = "In 2024, Orrin Steel made more than 5,200 tons with Lockheed Martin, an increase of 12% over the year before."
STATEMENT = Statement("ab" * 8, "steel", TEXT, "Orrin Steel", f"It is in Norway. {TEXT} Later Umicore and Rostec came.")


@pytest.mark.parametrize("kind", [kind for kind in MUTATIONS if kind not in ("negated", "affirmed")])
def test_a_mutation_changes_one_thing_and_the_same_each_time(kind: str) -> None:
    first, again = (MUTATIONS[kind](TEXT, STATEMENT, ["Kenya Power"], Random(1)) for _ in range(2))
    assert first == again
    assert first and first != TEXT


def test_a_mutation_of_what_is_not_there_makes_nothing() -> None:
    assert MUTATIONS["affirmed"](TEXT, STATEMENT, [], Random(1)) is None
    assert MUTATIONS["year"]("It made 5,200 tons.", STATEMENT, [], Random(1)) is None


def test_rules_say_the_same_otherwise() -> None:
    assert thousands("It made 5,000 and 5,200 and 1,005,000.", STATEMENT) == "It made 5 thousand and 5,200 and 1,005,000."
    assert units("It made 50t.", STATEMENT) == "It made 50 tonnes."
    assert dates("on March 1, 2026", STATEMENT) == "on 1 March 2026"
    assert dates("on 1 March 2026", STATEMENT) == "on 2026-03-01"


def test_true_sentences_stand_and_false_ones_are_caught() -> None:
    records = [measured(case) for case in cases([STATEMENT])]
    figures = summary(records)
    assert {record.group for record in records} >= {"copied", "reworded", "copied digit", "copied name_nearby"}
    assert (figures["caught_all"].value, figures["flagged_all"].value) == (1.0, 0.0)


def test_missing_data_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="there is no folder .*contoso-hr/docs: the benchmark data lies beside"):
        load_statements(tmp_path)
