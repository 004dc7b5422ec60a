import pytest

from assistant.chat import ask
from assistant.questions.follow_up import understood
from assistant.questions.offered import asking, chosen
from assistant.questions.unnamed import speaks_of_unnamed
from assistant.types import Answer, Candidate, Conversation, Turn
from index.embedding.embedder import Embedder
from index.library.library import Library

OFFERED = (Candidate("Korea Zinc", 3), Candidate("Guangxi Yusheng", 1))
OPEN = "What is the planned capacity?"


def final(library: Library, question: str, conversation: Conversation) -> Answer:
    return list(ask(question, conversation, library=library))[-1]


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("the second", "Guangxi Yusheng"),
        ("1", "Korea Zinc"),
        ("Korea Zinc", "Korea Zinc"),
        ("I mean Yusheng.", "Guangxi Yusheng"),
        ("the last one", "Guangxi Yusheng"),
        ("Who owns the largest smelter in Japan?", ""),
        ("neither", ""),
    ],
)
def test_a_reply_picks_a_candidate_by_its_place_or_name(reply: str, name: str) -> None:
    assert chosen(reply, OFFERED) == name


def test_the_question_back_tells_how_many_passages_name_each() -> None:
    lines = asking(OFFERED).split("\n")
    assert lines[1:] == ["1. Korea Zinc (3 passages)", "2. Guangxi Yusheng (1 passage)"]


def test_the_reply_continues_the_turn(seeds: Library) -> None:
    asked = Answer(query=OPEN, status="asks_back", candidates=OFFERED)
    conversation = Conversation(turns=(Turn(OPEN, asked, ""),))
    assert understood("the second", conversation, seeds) == f"{OPEN[:-1]} (Guangxi Yusheng)?"


@pytest.mark.parametrize(
    ("question", "earlier", "unnamed"),
    [
        ("What awards has the actor received?", "", True),
        ("What awards has the actor received?", "Who is the actor of Sherlock?", False),
        ("When did Grace, the actor, die?", "", False),
        (OPEN, "", True),
        ("What is Korea Zinc's planned capacity?", "", False),
        ("Which country is the largest producer of zinc?", "", False),
    ],
)
def test_what_is_meant_is_open_unless_the_question_or_the_conversation_names_it(
    embedder: Embedder, question: str, earlier: str, unnamed: bool
) -> None:
    turns = (Turn(earlier, Answer(), ""),) if earlier else ()
    assert speaks_of_unnamed(question, Conversation(turns=turns), embedder) is unnamed


def test_a_question_that_fits_several_subjects_is_asked_back(seeds: Library) -> None:
    answer = final(seeds, OPEN, Conversation())
    assert (answer.status, answer.citations) == ("asks_back", ())
    assert len(answer.candidates) > 1 and all(one.passages > 0 for one in answer.candidates)
    reply = final(seeds, answer.candidates[0].name, Conversation(turns=(Turn(OPEN, answer, ""),)))
    assert answer.candidates[0].name in reply.query and reply.status != "asks_back"


def test_nothing_is_cited_from_an_earlier_subject(seeds: Library) -> None:
    first = final(seeds, "How many subsidiaries does Yusheng operate?", Conversation())
    turns = Conversation(turns=(Turn("How many subsidiaries does Yusheng operate?", first, ""),))
    question = "When will Korea Zinc begin to produce gallium?"
    answer = final(seeds, question, turns)
    found = {hit.chunk.document_id for hit in answer.hits}
    earlier = {(one.document_id, one.start) for one in first.citations}
    assert first.citations and answer.citations
    assert all(one.document_id in found for one in answer.citations)
    assert not earlier & {(one.document_id, one.start) for one in answer.citations}


@pytest.mark.parametrize("reply", ["Where is Korea Zinc based?", "And who runs Korea Zinc?", "not Yusheng", "None of them"])
def test_a_question_of_its_own_and_a_no_pick_no_candidate(reply: str) -> None:
    assert chosen(reply, (Candidate("Korea Zinc", 2), Candidate("Yusheng", 1))) == ""


@pytest.mark.parametrize(
    "question", ["What is the largest mine?", "Is it true that gallium is rare?", "Which country is largest?"]
)
def test_what_there_is_one_of_is_named(embedder: Embedder, question: str) -> None:
    assert not speaks_of_unnamed(question, Conversation(), embedder)


def test_in_an_interview_the_candidate_is_whom_the_speaker_speaks_for(seeds: Library) -> None:
    offered = [one.name for one in final(seeds, OPEN, Conversation()).candidates]
    assert any("Yusheng" in name for name in offered) and "Jun Wu" not in offered
    picked = next(name for name in offered if "Yusheng" in name)
    before = Conversation(turns=(Turn(OPEN, final(seeds, OPEN, Conversation()), ""),))
    assert not final(seeds, picked, before).refused


def test_whom_the_speaker_speaks_for_is_meant_once_the_speaker_is_spoken_of(seeds: Library) -> None:
    who = "Who is Jun Wu?"
    before = Conversation(turns=(Turn(who, final(seeds, who, Conversation()), ""),))
    assert final(seeds, "When was the company founded?", before).status == "answered"
