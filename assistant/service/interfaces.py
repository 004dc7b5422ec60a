"""What commands and the page may ask of a data folder, whichever process owns it.

A method's annotations say how it is called through the owner, see `remote`; paths and models' files are told as they are
understood in any folder, as the owner may run in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import PlainSerializer

from assistant.history.feedback import Feedback
from assistant.service.job import Job
from assistant.types import Answer, Conversation, Enriched, Listed, Outdated, Turn
from index.library.erase import Erased
from index.library.listing import ListedCollection, ListedFile
from index.types import FileReport, Filters
from index.upkeep.backup import BackedUp

ALL = Filters()

Here = Annotated[Path, PlainSerializer(lambda path: str(path.expanduser().absolute()))]
"""A path as this process understands it."""


def _told(llm: str | None) -> str | None:
    return str(Path(llm).expanduser().resolve()) if llm and llm.endswith(".gguf") else llm


Model = Annotated[str | None, PlainSerializer(_told)]
"""The name of a language model, another one than the settings'."""


class Conversations(Protocol):
    """The stored conversations; see `assistant.history.history.History`."""

    def listed(self, words: str = "") -> list[Listed]:
        """The conversations that hold all `words`, the last changed first."""

    def read(self, id_: str) -> Conversation:
        """A conversation with its turns."""

    def add(self, id_: str, turn: Turn) -> Listed:
        """Store a turn; an empty id begins a conversation."""

    def rename(self, id_: str, title: str) -> Listed:
        """Give a conversation another title."""

    def delete(self, id_: str) -> Listed:
        """Forget a conversation; what it was."""

    def outdated(self, cited: Sequence[tuple[str, int]]) -> list[Outdated]:
        """Those of the cited versions that are no longer current."""


class Documents(Protocol):
    """The library as a whole."""

    def listed(self, collection: str = "") -> list[ListedFile]:
        """See `index.library.listing.listed_files`."""

    def collections(self) -> list[ListedCollection]:
        """See `index.library.listing.listed_collections`."""

    def back_up(self, file: Here) -> BackedUp:
        """See `index.upkeep.backup.back_up`."""


class Feedbacks(Protocol):
    """All feedback; see `assistant.history.feedback_store.FeedbackStore`."""

    def listed(self) -> list[Feedback]:
        """All feedback, the oldest first."""

    def questions(self) -> list[dict[str, Any]]:
        """Of each its `id` and the evaluation `question`, or the `reason` why there is none."""


class Jobs(Protocol):
    """The ingests that run in the owner, this caller's and others'."""

    def start(
        self, paths: Sequence[Here], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Job:
        """Begin an ingest, or queue it behind those there are. Its errors are the job's."""

    def listed(self) -> list[Job]:
        """The jobs there are and the last ones ended, the newest first, without their files."""

    def read(self, id_: int) -> Job:
        """One job as it is now.

        Raises:
            JobError: there is none of this number.
        """

    def cancel(self, id_: int) -> Job:
        """Let a job end after the file or batch of chunks it is at: each file is then as it was or as it is now.

        Raises:
            JobError: there is none of this number.
        """


class Service(Protocol):
    """Questions and documents."""

    @property
    def conversations(self) -> Conversations:
        """`ask` stores nothing: its caller adds the turn here."""

    @property
    def documents(self) -> Documents:
        """What the library holds."""

    @property
    def jobs(self) -> Jobs:
        """The ingests under way."""

    def ask(self, question: str, conversation: Conversation, llm: Model = None, filters: Filters = ALL) -> Iterator[Answer]:
        """See `assistant.chat.ask`."""

    def ingest(
        self, paths: Sequence[Here], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Iterator[FileReport]:
        """See `index.ingest.ingest.ingest`: one of the jobs, followed; given up, it is cancelled."""

    def add_files(self, paths: Sequence[Here], collection: str = "default", keep_samples: bool = False) -> Job:
        """Begin to ingest these, and come back at once: see `jobs` for how it goes."""

    def remove(self, names: Sequence[tuple[str, Here]], purge: bool = False) -> Erased:
        """See `erase.erase`; each name with the path it would be. `purge` takes the quotes of stored answers too."""

    def enrich(self, llm: Model = None) -> Iterator[Enriched]:
        """See `assistant.service.enrich.enrich`."""
