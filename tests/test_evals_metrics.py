import pytest

from evals import metrics
from evals.statistics import mean, paired_difference, percentiles, proportion


@pytest.mark.parametrize(
    ("text", "form", "held"),
    [
        ("It makes 12 t a year", "12 t", True),
        ("It makes 12 thousand", "12 t", False),
        ("It makes 112 t", "12 t", False),
        ("1,200 staff", "1200 staff", True),
        ("韩国锌业计划12吨产能", "12吨", True),
        ("12톤의 게르마늄", "12톤", True),
        ("RMB 2.4 BILLION", "rmb 2.4 billion", True),
        ("12.5 t", "12", True),
        ("anything", "", False),
    ],
)
def test_a_form_is_held_as_whole_words(text: str, form: str, held: bool) -> None:
    assert metrics.holds(text, form) is held


def test_the_share_of_facts_counts_a_fact_once_whatever_its_form() -> None:
    facts = [["12 tons", "12 t"], ["Onsan"], ["2028"]]
    assert metrics.facts_held("12 t (12 tons) at Onsan", facts) == pytest.approx(2 / 3)
    assert metrics.facts_held("anything", []) is None


def test_citation_precision_and_recall_by_overlap() -> None:
    gold = [("a", 10, 20), ("b", 0, 5)]
    cited = [("a", 19, 30), ("a", 20, 30), ("c", 0, 5)]
    assert metrics.citation_precision(cited, gold) == pytest.approx(1 / 3)
    assert metrics.citation_recall(cited, gold) == pytest.approx(1 / 2)
    assert metrics.citation_precision([], gold) is None
    assert metrics.citation_recall([], gold) == 0
    assert metrics.citation_recall(cited, []) is None


def test_recall_and_iou_of_ranges_as_smith_and_troynikov_define_them() -> None:
    # Excerpts hold 10 + 10 characters; of the 30 retrieved 10 + 5 are wanted: IoU = 15 / (30 + 5).
    excerpts = [("a", 0, 10), ("a", 50, 60)]
    retrieved = [("a", 0, 15), ("a", 45, 55), ("b", 0, 5)]
    recall, iou = metrics.range_recall_and_iou(retrieved, excerpts)
    assert recall == pytest.approx(15 / 20)
    assert iou == pytest.approx(15 / 35)


def test_rouge_l_takes_the_best_reference() -> None:
    # The longest common subsequence is "the plant tons": 3 of 4 words and 3 of 5.
    expected = 2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5)
    references = ["nothing here", "the plant made of tons"]
    assert metrics.rouge_l("the plant makes tons", references) == pytest.approx(expected)
    assert metrics.rouge_l("", ["a reference"]) == 0


def test_token_f1_ignores_case_punctuation_and_articles() -> None:
    assert metrics.token_f1("The plant, in Onsan.", "a plant at Onsan") == pytest.approx(2 * 2 / (3 + 3))
    assert metrics.token_f1("", "") == 0


def test_ndcg_and_recall_of_a_ranking() -> None:
    qrels = {"q": {"a": 1, "b": 1}, "lost": {"a": 1}, "unjudged": {"a": 0}}
    rankings = {"q": [("x", 0.5), ("a", 0.5)], "unjudged": [("a", 1.0)]}
    scores = metrics.ranking_scores(qrels, rankings, ["nDCG@5", "R@5"])
    ideal = 1 + 1 / 1.584962500721156  # two relevant documents at ranks 1 and 2
    assert scores["q"]["nDCG@5"] == pytest.approx((1 / 1.584962500721156) / ideal)
    assert scores["q"]["R@5"] == 0.5
    assert scores["lost"] == {"nDCG@5": 0.0, "R@5": 0.0}
    assert "unjudged" not in scores


def test_risk_against_coverage_and_what_follows_from_it() -> None:
    points = metrics.risk_coverage([0.9, 0.5, 0.7, 0.1], [True, False, True, True])
    assert points == [(0.25, 0), (0.5, 0), (0.75, pytest.approx(1 / 3)), (1, 0.25)]
    assert metrics.coverage_at_risk(points, 0.05) == 0.5
    assert metrics.crag_score([True, True, False, True], [True, False, True, True]) == pytest.approx(1 / 4)


def test_a_proportion_has_wilson_s_interval() -> None:
    # Wilson for 8 of 10 at 95 %: 0.4902 to 0.9433.
    estimate = proportion([True] * 8 + [False] * 2 + [None])
    assert (estimate.value, estimate.n, estimate.missing) == (0.8, 10, 1)
    assert (estimate.low, estimate.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert proportion([None]).value is None


def test_a_mean_has_an_interval_that_is_the_same_again_and_counts_what_is_missing() -> None:
    values = [0.0, 1.0, 0.5, None, 0.5]
    estimate = mean(values)
    assert (estimate.value, estimate.n, estimate.missing) == (0.5, 4, 1)
    assert estimate == mean(values)
    assert estimate.low is not None and estimate.high is not None and 0 <= estimate.low < 0.5 < estimate.high <= 1
    assert paired_difference([0.0, 1.0], [1.0, 1.0]).value == 0.5
    assert percentiles([1, None, 3]) == {"p50": 2.0, "p95": 2.9}
    assert percentiles([]) == {"p50": None, "p95": None}
