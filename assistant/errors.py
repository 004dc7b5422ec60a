"""Every error of the assistant. A message names the thing, the value it had and what to do next."""

import traceback
from pathlib import Path


class AssistantError(Exception):
    """The root: something the person who asks or serves can mend."""


class QuestionError(AssistantError):
    """The question can't be asked: empty or too long, or no documents are there yet."""


class LanguageModelError(AssistantError):
    """The language model can't be reached, or broke off."""


class OutOfTokensError(LanguageModelError):
    """The reply reached the longest length allowed before it was finished."""


class HistoryError(AssistantError):
    """A conversation that is not stored was asked for, or a title can't be used."""


class FeedbackError(AssistantError):
    """A feedback that is not stored was asked for, or it tells too little to be kept or to make a question of."""


class JobError(AssistantError):
    """A job that is not there was asked for, or one is under way that this has to wait for."""


class OwnerError(AssistantError):
    """Another process owns the data folder, or the port."""


class ServedError(OwnerError):
    """A running process already serves the data folder."""


def cause(error: BaseException) -> str:
    """What an unexpected error is and where in our code, as "ImportError in index/embedding/vector_store.py, line 69".

    Not its message, which may hold a document's words or a person's question.
    """
    ours = Path(__file__).parent.parent
    packages = [ours / name for name in ("assistant", "index")]
    trace = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in trace if any(map(Path(frame.filename).is_relative_to, packages))]
    place = f" in {Path(frames[-1].filename).relative_to(ours).as_posix()}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
