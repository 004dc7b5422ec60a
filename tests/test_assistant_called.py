"""What a query calls by name, and which texts and documents mention it."""

import pytest

from assistant.called import called, elements, mentioned, mentions, of_another
from index.library import Library


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("List Korea Zinc's plants. What about Japan?", ("Korea Zinc", "Japan")),
        ("And Japan?", ("Japan",)),
        ("KZ capex?", ("KZ",)),
        ("Since when? Which deal did they close in August with Mr. Wu?", ("Wu",)),
        ("WHO IS JUN WU?", ()),
    ],
)
def test_names_are_capitalised_words_that_open_no_sentence_and_are_no_months(query: str, names: tuple[str, ...]) -> None:
    assert called(query) == names


@pytest.mark.parametrize(
    ("text", "name"), [("China exports it.", "Chinese"), ("Korea Zinc plans it.", "KZ"), ("the zinc plant", "Zinc")]
)
def test_a_name_is_mentioned_in_other_forms(text: str, name: str) -> None:
    assert mentions(text, name)


@pytest.mark.parametrize(("text", "name"), [("Chile exports it.", "Chinese"), ("the zinc plant", "Korea Zinc")])
def test_another_name_is_no_mention(text: str, name: str) -> None:
    assert not mentions(text, name)


def test_a_document_mentions_what_any_of_its_passages_does(seeds: Library) -> None:
    ids = {document.file: document.id for document in seeds.documents()}
    found = mentioned(("Rostec", "Korea Zinc"), dict.fromkeys(ids.values(), ("We own ten subsidiaries.",)), seeds)
    assert sorted(map(sorted, found.values())) == [[], ["Korea Zinc"], ["Rostec"]]


def test_a_text_is_of_another_element_if_it_names_some_but_not_the_one_asked_for() -> None:
    asked = elements("How much gallium will Korea Zinc recover?")
    assert asked == {"gallium"}
    assert of_another(asked, "A germanium plant of 12 t.")
    assert not of_another(asked, "Gallium and germanium rose.")
    assert not of_another(asked, "Korea Zinc plans 15 t, which leads to exports.")
    assert not of_another(elements("What does Korea Zinc plan?"), "A germanium plant of 12 t.")
