import pytest

from assistant.follow_up import Correction, correction
from assistant.leaning import points_back
from assistant.standalone import context, standalone
from assistant.types import Answer, Conversation, Turn

FIRST = "What is Korea Zinc's planned germanium capacity?"


def conversation(*questions: str) -> Conversation:
    """Turns whose queries are made as `ask` makes them."""
    turns: tuple[Turn, ...] = ()
    for question in questions:
        query = standalone(question, Conversation(turns=turns), alike)
        turns = (*turns, Turn(question, Answer(query=query), ""))
    return Conversation(turns=turns)


def alike(one: str, other: str) -> float:
    """Metals are like one another, and nothing else."""
    return 0.6 if {one, other} <= {"germanium", "gallium", "tellurium", "zinc"} else 0.0


@pytest.mark.parametrize(
    ("before", "question", "query"),
    [
        (FIRST, "And gallium?", "What is Korea Zinc's planned gallium capacity?"),
        ("What was China's share in 2024?", "and in 2025?", "What was China's share in 2025?"),
        ("What was China's share in 2024?", "And the year before?", "What was China's share in 2023?"),
        ("How much germanium can Russia produce?", "And Japan?", "How much germanium can Japan produce?"),
        ("What is Yusheng's annual capacity?", "Sorry, I was asking about Russia.", "What is Russia's annual capacity?"),
        ("Who is the head of sales?", "Korea Zinc, I mean.", "Who is the head of sales, Korea Zinc?"),
        (
            "How many mines does Yusheng have?",
            "No no, the ore dressing plants, not the mines.",
            "How many ore dressing plants does Yusheng have?",
        ),
        ("Who is Jun Wu?", "What is his phone number?", "What is Jun Wu’s phone number?"),
        ("Who is Na Sung-hwa?", "He works for which ministry?", "Na Sung-hwa works for which ministry?"),
        ("How much was made in 2024?", "Same question for the year after.", "How much was made in 2025?"),
        ("What does Rostec do?", "How many people work there?", "How many people work at Rostec?"),
        ("What did China restrict?", "What happened to prices afterwards?", None),
        ("What is Rostec's capacity?", "Is that more than what Yusheng makes?", None),
        ("What does it cost?", "ok and how long does the other one take?", "How long does the other one take (cost)?"),
        ("Is germanium recycled in China?", "Which waste is used for that?", None),
        ("Where does Russia rank in production?", "Who is number one?", None),
        (FIRST, "And Russia's?", "What is Russia's planned germanium capacity?"),
        ("Where will the forum be held?", "In what year?", "In what year will the forum be held?"),
        ("How much did Yusheng make?", "What percentage is that of the world?", None),
        ("How much germanium did the world make?", "What part came from China?", None),
        ("What does Korea Zinc pay for gallium?", "How much will be recovered each year?", None),
        ("What did Rostec announce?", "Can you provide an example?", None),
        ("Who is Lee Soo-hwan?", "Who else was in the picture?", "Who else was in the picture (Lee Soo-hwan)?"),
        ("How much is invested in the zinc plant?", "and for the indium line?", "How much is invested in the indium line?"),
        ("How much did gallium rise?", "And indium, what percentage?", "How much did indium rise?"),
        (FIRST, "no, I meant the gallium one", "What is Korea Zinc's planned gallium capacity?"),
        (FIRST, "gallium as well?", "What is Korea Zinc's planned gallium capacity?"),
        ("What was the output of Yusheng in 2025?", "what was it the year before?", "What was Yusheng in 2024 (output)?"),
        ("Will output in Russia hurt China?", "What should the two countries do?", None),
        (
            "What is the capacity of Russia?",
            "How does that compare with China's?",
            "What is the capacity of Russia compared with China's?",
        ),
        ("When was the MOU signed?", "Where did that take place?", None),
        ("Which high-tech goods need it?", "What about in zinc?", "Which high-tech goods need it, in zinc?"),
        (
            "What was the output of Yusheng in 2025?",
            "is that more than in the previous year?",
            "Is that more than in 2024 (output Yusheng)?",
        ),
        ("What did the Russian company announce?", "Who is its boss?", "Who is the Russian company’s boss (announce)?"),
    ],
)
def test_a_follow_up_becomes_a_query_that_stands_alone(before: str, question: str, query: str | None) -> None:
    made = standalone(question, conversation(before), alike)
    if query is None:  # the words of the question before are carried, in brackets
        assert made != question and made.startswith(question.rstrip("?"))
    else:
        assert made == query


@pytest.mark.parametrize(
    "question",
    [
        "How many staff does Yusheng employ?",
        "Which mines in Russia are there that Rostec owns?",
        "What does one ton of zinc cost?",
        "Where did the pilgrims come from and how did they arrive in Plymouth?",
        "How long does it take to build a smelter?",
        "What is a polder?",
        "How many mines are there in Russia?",
        "What part of its ore does Yusheng mine?",
        "How much is invested in gallium?",
        "What share comes from exports of zinc?",
    ],
)
def test_a_question_that_stands_alone_is_unchanged(question: str) -> None:
    assert not points_back(question)
    assert standalone(question, conversation(FIRST)) == question


def test_the_other_metal_is_the_one_other_that_was_spoken_of() -> None:
    answer = Answer(query=FIRST, text="It plans 12 t of germanium, later also gallium.")
    turns = Conversation(turns=(Turn(FIRST, answer, ""),))
    assert standalone("and the other metal?", turns, alike) == "What is Korea Zinc's planned gallium capacity?"
    several = Conversation(turns=(Turn(FIRST, Answer(query=FIRST, text="Also gallium and indium."), ""),))
    assert "gallium" not in standalone("and the other metal?", several, alike)


def test_he_is_whom_the_answer_named() -> None:
    before = Answer(text="Asian Metal spoke to Mr. Jun Wu, its guest.", query="Who was interviewed about Yusheng?")
    turns = Conversation(turns=(Turn(before.query, before, ""),))
    assert "Jun Wu’s position" in standalone("What's his position?", turns)


def test_he_is_whom_the_answer_gives_a_title() -> None:
    before = Answer(text="Asian Metal: Mr. Wu, welcome.", query="Who gave the interview?")
    turns = Conversation(turns=(Turn(before.query, before, ""),))
    assert "Wu’s position" in standalone("What's his position?", turns)


def test_a_chain_of_follow_ups_keeps_the_last_name_and_does_not_grow() -> None:
    turns = conversation("How much is Korea Zinc investing in germanium?", "And in gallium?")
    assert standalone("What about tellurium?", turns, alike) == "How much is Korea Zinc investing in tellurium?"
    assert standalone("Why?", conversation()) == "Why?"
    long = conversation(FIRST, *["And why is it so?", "And how much does it cost?"] * 6)
    assert len(standalone("And where is it?", long, alike)) < 3 * len(FIRST)


def test_a_new_subject_is_searched_alone_and_a_follow_up_with_the_earlier_queries() -> None:
    turns = conversation(FIRST)
    fresh = "Different topic. What does Rostec make?"
    assert (standalone(fresh, turns), context(fresh, turns)) == ("What does Rostec make?", ())
    assert context("And gallium?", turns) == (FIRST,)


def test_back_to_the_first_one_leans_on_the_first_question() -> None:
    turns = conversation("What does Guangxi Yusheng do?", "What is Rostec planning?")
    assert "Guangxi Yusheng" in standalone("Back to the first one: what was it listed among?", turns)


def test_an_edited_query_is_searched_for_as_it_stands_and_alone() -> None:
    turns = conversation(FIRST)
    edited = "Search for: what about it and gallium"
    assert (standalone(edited, turns), context(edited, turns)) == ("what about it and gallium", ())
    assert standalone("Search for:", conversation()) == "Search for:"


@pytest.mark.parametrize(
    "question",
    [
        "No plan was approved",
        "Wait times at the clinic",
        "We want more information about tariffs",
        "no, the",
        "no, " + "a" * 1996,
    ],
)
def test_what_only_opens_like_a_correction_puts_nothing_right(question: str) -> None:
    assert correction(question) is None


def test_a_correction_says_what_and_instead_of_what() -> None:
    assert correction("I want to know the price, not the capacity") == Correction("price", "capacity")
