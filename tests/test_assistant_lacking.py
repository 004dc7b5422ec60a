"""Questions near to what the documents say are refused, and those that they answer are not."""

import pytest

from assistant.chat import ask
from assistant.evidence import may_be_its, states
from index.library import Library


@pytest.mark.parametrize(
    "question",
    [
        "How many subsidiaries does Rostec have?",
        "What purity grade will Korea Zinc's germanium have?",
        "How many tonnes of germanium did China produce in 1999?",
        "In which month was the MOU between Korea Zinc and HK Materials signed?",
        "Who is the chairman of Yusheng Germanium?",
        "How much did indium go up in a week after the export restrictions?",
        "How much is Korea Zinc investing in tellurium?",
        "How much money is Rostec investing to raise germanium production?",
        "When was HK Materials founded?",
        "What is Jun Wu's phone number?",
    ],
)
def test_what_nothing_near_says_is_refused(seeds: Library, question: str) -> None:
    assert list(ask(question, library=seeds))[-1].refused


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("In which region is Russian germanium produced?", "Novosibirsk"),
        ("How many tonnes of germanium did China produce in 2024?", "95t"),
        ("What is the annual capacity of Korea Zinc's germanium plant?", "12 tons"),
        ("Which city will host the forum Yusheng Germanium is sponsoring?", "Nanning"),
        ("What position does Russia hold worldwide among germanium producers?", "second largest"),
    ],
)
def test_what_they_say_is_answered(seeds: Library, question: str, said: str) -> None:
    answer = list(ask(question, library=seeds))[-1]
    assert answer.status == "answered"
    assert said in answer.text


@pytest.mark.parametrize(
    ("sentence", "may"),
    [
        ("The germanium plant makes 12 t.", True),
        ("It makes 12 t.", True),
        ("It makes 12 t of gallium.", False),
        ("Both rose, with gallium rising 27% in a week.", False),
        ("Germanium and gallium rose, with gallium rising 27% in a week.", False),
        ("Germanium rose by 12%, gallium by 27%.", True),
        ("Germanium output was 140 t in 2024.", False),
        ("In Dec. 2024 the board set the output at 140 t.", True),
        ("Germanium output rose from 140 t in 2024 to 145 t in 2025.", True),
    ],
)
def test_figures_of_other_elements_and_years_are_not_those_asked_for(sentence: str, may: bool) -> None:
    assert may_be_its(sentence, frozenset({"germanium"}), 2025) is may


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/Courtesy of Korea Zinc", False),
        ("Photo: Reuters", False),
        ("Courtesy is expected of all staff.", True),
        ("Pictures: employees must wear badges.", True),
        ("Photo: " + "a" * 5000 + " 1", True),
    ],
)
def test_a_credit_of_a_picture_states_nothing(line: str, said: bool) -> None:
    assert states(line) is said
