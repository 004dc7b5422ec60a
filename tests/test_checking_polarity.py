import pytest

from assistant.checking.alignment import differences, tokens
from assistant.checking.polarity import flipped

SOURCE = "The firm has no plans for a second plant and its output increased in the north."


def turned(sentence: str, source: str = SOURCE) -> str:
    said, quotes = tokens(sentence, frozenset()), [tokens(source, frozenset())]
    return flipped(said, quotes, differences(said, quotes))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The firm has plans for a second plant.", SOURCE),
        ("The firm plans a second plant.", SOURCE),
        ("Its output decreased in the north.", SOURCE),
        ("In the south its output increased.", "Its output increased in the north."),
        ("It is not open.", "It is open."),
        ("It isn't open to visitors.", "It is open to visitors."),
        ("It can export.", "It cannot export."),
        ("They came without tools.", "They came with tools."),
        ("Exports of the metal fell in May.", "Exports of the metal rose in May."),
    ],
)
def test_what_is_turned_round_is_found(sentence: str, source: str) -> None:
    assert turned(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The firm has no plans for a second plant.", SOURCE),
        ("The firm does not have plans for a second plant.", SOURCE),
        ("Output increased in the north.", SOURCE),
        ("It isn't open.", "It is not open."),
        ("It does not export any.", "It stopped all exports."),
        ("No. 5 is open.", "No. 5 is open, the others are not."),
        ("No. It is the seventh title.", "It is the seventh title."),
    ],
)
def test_what_means_the_same_is_not(sentence: str, source: str) -> None:
    assert turned(sentence, source) == ""
