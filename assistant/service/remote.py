"""The service as commands see it, and the same of another process: the one that owns the data folder, on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from assistant.history.history import CONVERSATION
from assistant.service.conversations import Conversations, RemoteConversations
from assistant.service.documents import Documents, RemoteDocuments
from assistant.service.job import Job, Jobs, RemoteJobs
from assistant.service.owner import Owner, call
from assistant.types import Answer, Conversation, Enriched
from index.library.erase import Erased
from index.types import FileReport, Filters

ANSWER = TypeAdapter(Answer)
REPORT = TypeAdapter(FileReport)
ENRICHED = TypeAdapter(Enriched)
ERASED = TypeAdapter(Erased)
FILTERS = TypeAdapter(Filters)

ALL = Filters()


class Service(Protocol):
    """What commands and the page ask for."""

    @property
    def conversations(self) -> Conversations:
        """The stored conversations. `ask` stores nothing: its caller adds the turn here."""

    @property
    def documents(self) -> Documents:
        """What the library holds."""

    @property
    def jobs(self) -> Jobs:
        """The ingests that run in the owner, this caller's and others'."""

    def ask(
        self, question: str, conversation: Conversation, llm: str | None = None, filters: Filters = ALL
    ) -> Iterator[Answer]:
        """See `assistant.chat.ask`; `llm` names another language model than the settings'."""

    def ingest(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Iterator[FileReport]:
        """See `index.ingest.ingest.ingest`: one of the jobs, followed; given up, it is cancelled."""

    def add_files(self, paths: Sequence[Path], collection: str = "default", keep_samples: bool = False) -> Job:
        """Begin to ingest these, and come back at once: see `jobs` for how it goes."""

    def remove(self, names: Sequence[tuple[str, Path]], purge: bool = False) -> Erased:
        """See `erase.erase`; each name with the path it would be. `purge` takes the quotes of stored answers too."""

    def enrich(self, llm: str | None = None) -> Iterator[Enriched]:
        """See `assistant.service.enrich.enrich`; `llm` as in `ask`."""


class RemoteService:
    """The same work done by the data folder's owner, on loopback."""

    def __init__(self, owner: Owner) -> None:
        """`owner` is the running process."""
        self._owner = owner
        self.conversations = RemoteConversations(owner)
        self.documents = RemoteDocuments(owner)
        self.jobs = RemoteJobs(owner)

    def ask(
        self, question: str, conversation: Conversation, llm: str | None = None, filters: Filters = ALL
    ) -> Iterator[Answer]:
        """See `Service.ask`."""
        body = {"question": question, "conversation": CONVERSATION.dump_python(conversation, mode="json")}
        body["llm"] = _absolute(llm)
        body["filters"] = FILTERS.dump_python(filters, mode="json")
        for line in call(self._owner, "ask", body):
            yield ANSWER.validate_python(line)

    def ingest(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Iterator[FileReport]:
        """See `Service.ingest`."""
        body = {"paths": [str(path.resolve()) for path in paths], "collection": collection, "sample": sample}
        for line in call(self._owner, "ingest", body | {"keep_samples": keep_samples}):
            yield REPORT.validate_python(line)

    def remove(self, names: Sequence[tuple[str, Path]], purge: bool = False) -> Erased:
        """See `Service.remove`."""
        [line] = call(self._owner, "remove", {"names": [[name, str(path)] for name, path in names], "purge": purge})
        return ERASED.validate_python(line)

    def add_files(self, paths: Sequence[Path], collection: str = "default", keep_samples: bool = False) -> Job:
        """See `Service.add_files`."""
        return self.jobs.start(paths, collection, keep_samples=keep_samples)

    def enrich(self, llm: str | None = None) -> Iterator[Enriched]:
        """See `Service.enrich`."""
        for line in call(self._owner, "enrich", {"llm": _absolute(llm)}):
            yield ENRICHED.validate_python(line)


def _absolute(llm: str | None) -> str | None:
    """The language model's name as it is understood in any folder, as the owner may run in another."""
    return str(Path(llm).expanduser().resolve()) if llm and llm.endswith(".gguf") else llm
