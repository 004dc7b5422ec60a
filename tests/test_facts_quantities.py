import pytest

from assistant.checking.arithmetic import computed
from assistant.facts.quantities import Quantity, quantities, unsupported


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12 tons (t)", 12, "t"),
        ("12t", 12, "t"),
        ("12,000 kg", 12, "t"),
        ("5,000", 5000, ""),
        ("5 000", 5000, ""),
        ("5 thousand", 5000, ""),
        ("140 billion won", 140e9, "KRW"),
        ("55.7 billion won", 55.7e9, "KRW"),
        ("RMB 2.4 billion", 2.4e9, "CNY"),
        ("$3 million", 3e6, "USD"),
        ("27%", 27, "%"),
        ("27 percent", 27, "%"),
        ("in 2028,", 2028, ""),
        ("the 20th", 20, ""),
        ("400 mu", 400, "mu"),
    ],
)
def test_a_quantity_is_read_with_its_unit_and_scale(text: str, value: float, unit: str) -> None:
    [found] = quantities(text)
    assert (found.value, found.unit) == (pytest.approx(value), unit)


def test_letters_that_belong_to_a_number_are_part_of_it() -> None:
    assert quantities("7N-grade")[0].unit == "7n-grade".partition("7")[2]
    assert unsupported("a 7N-grade product", ["our 7N-grade germanium"]) == []
    assert unsupported("a 6N-grade product", ["our 7N-grade germanium"])


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("It makes 12 tonnes.", "an annual capacity of 12 tons (t)", []),
        ("It makes 12 kg.", "an annual capacity of 12 tons (t)", ["12 kg"]),
        ("It makes 13 tonnes.", "an annual capacity of 12 tons (t)", ["13 tonnes"]),
        ("It costs 140 million won.", "by investing 140 billion won", ["140 million won"]),
        ("It costs 140 billion yuan.", "by investing 140 billion won", ["140 billion yuan"]),
        ("They own 10 mines.", "our company owns ten mines", []),
        ("They own nine mines.", "our company owns ten mines", ["nine"]),
        ("One of them is in Guangxi.", "mines in Guangxi", []),
        ("It takes 3 months.", "It takes 3 years.", ["3 months"]),
        ("It makes 5 kt.", "It makes 5 t.", ["5 kt"]),
        ("It makes 5 Mt.", "It makes 5 t.", ["5 Mt"]),
        ("It uses 5 MW.", "It uses 5 kW.", ["5 MW"]),
        ("It costs £5m.", "It costs $5m.", ["£5m"]),
        ("It costs $5 million.", "It costs $5m.", []),
        ("It makes fifty tons.", "It makes 12 tons.", ["fifty tons"]),
        ("It makes twelve kilograms.", "It makes 12 tons.", ["twelve kilograms"]),
        ("It costs two billion won.", "It costs 140 billion won.", ["two billion won"]),
        ("It makes twenty-five tons.", "It makes 25t.", []),
    ],
)
def test_a_number_or_unit_that_the_source_lacks_is_found(sentence: str, source: str, missing: list[str]) -> None:
    assert [quantity.text for quantity in unsupported(sentence, [source])] == missing


@pytest.mark.parametrize(
    ("sentence", "how"),
    [
        ("Yusheng's is 38 t larger.", "50t - 12 tons"),
        ("Together they make 62 tons.", "12 tons + 50t"),
        ("It is about 4.2 times as large.", "50t / 12 tons"),
        ("That is 24% of it.", "12 tons / 50t"),
        ("Yusheng's is 39 t larger.", ""),
        ("The plant has 38 t.", ""),
        ("It plans a capacity of 62 tons.", ""),
        ("It runs 4 of the plants.", ""),
    ],
)
def test_a_number_computed_from_two_stated_ones_is_recognised(sentence: str, how: str) -> None:
    sources = ["a capacity of 12 tons", "an annual capacity of 50t in 2025"]
    [quantity] = unsupported(sentence, sources)
    assert str(computed(sentence, quantity, sources) or "") == how


def test_a_year_is_nothing_to_compute_with() -> None:
    assert computed("It takes 3 years more.", Quantity(3, "year", "3 years"), ["from 2025 to 2028"]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("over 40t", [(40, "t", "over")]),
        ("at least a 5% share", [(5, "%", "over")]),
        ("40t or more", [(40, "t", "over")]),
        ("up to 40t", [(40, "t", "under")]),
        ("not more than 40t", [(40, "t", "under")]),
        ("about 40t", [(40, "t", "")]),
        ("20-30 tons", [(20, "t", "over"), (30, "t", "under")]),
        ("between 5 and 7 million won", [(5e6, "KRW", "over"), (7e6, "KRW", "under")]),
        ("from 20 to 30 t", [(20, "t", ""), (30, "t", "")]),
        ("2010-2015", [(2010, "", ""), (2015, "", "")]),
        ("5k people", [(5000, "", "")]),
        ("level 1 2014 assets", [(1, "", ""), (2014, "", "")]),
    ],
)
def test_a_quantity_has_the_bound_that_is_written(text: str, found: list[tuple[float, str, str]]) -> None:
    assert [(q.value, q.unit, q.bound) for q in quantities(text)] == found


def test_a_pound_is_money_or_a_weight() -> None:
    assert unsupported("It weighs 5 pounds.", ["a 5 lb weight"]) == []
    assert unsupported("It costs £5.", ["it is 5 pounds"]) == []
    assert unsupported("It weighs 5 lb.", ["it costs £5"])
