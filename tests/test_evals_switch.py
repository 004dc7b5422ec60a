from dataclasses import replace

from assistant.types import Answer, Citation
from evals.questions import Question
from evals.switch import leaked, pairs


def question(id_: str, *files: str) -> Question:
    gold = tuple((file, 0, 5) for file in files)
    return Question(id_, "fact", f"{id_}?", (), ("answered",), gold, (), (), "open")


CITED = Citation(1, "d", 1, "ore.txt", "Ore", None, 10, 20, "ten tonnes", None, "")


def test_a_question_follows_one_about_another_document() -> None:
    made = pairs([question("a", "ore.txt"), question("b", "ore.txt"), question("c", "tin.txt"), question("d", "x", "y")])
    assert [(before.id, after.id) for before, after in made] == [("c", "a"), ("c", "b"), ("a", "c")]


def test_only_what_is_newly_cited_of_the_earlier_document_has_leaked() -> None:
    before, answer = question("a", "ore.txt"), Answer(citations=(CITED,))
    assert leaked(before, Answer(), answer) == [("ore.txt", 10, 20)]
    assert leaked(before, answer, answer) == []
    assert leaked(before, Answer(), Answer(citations=(replace(CITED, file="tin.txt"),))) == []
