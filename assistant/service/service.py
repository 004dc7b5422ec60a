"""Who does the work: this process, or the one that owns the data folder. Commands see no difference."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.chat import ask
from assistant.errors import AssistantError, JobError
from assistant.history.feedback_store import FeedbackStore
from assistant.history.history import History
from assistant.language_models.client import ServedModel, open_llm
from assistant.language_models.queue import InLine
from assistant.reading.reader import reader_of
from assistant.service.answers import Answers
from assistant.service.enrich import enrich
from assistant.service.interfaces import ALL, Service
from assistant.service.job import Job
from assistant.service.jobs import LocalJobs
from assistant.service.owner import Say, owner_or_self
from assistant.service.remote import remote
from assistant.service.starters import Starters
from assistant.service.stored import LocalDocuments
from assistant.settings import AssistantSettings
from assistant.types import Answer, Conversation, Enriched
from index.embedding.embedder import Embedder
from index.errors import IndexingError, MissingPackageError, SettingsError
from index.ingest.ingest import ingest
from index.library.erase import Erased, erase, named
from index.library.fingerprint import is_read_anew, note_readers
from index.library.library import Library
from index.library.wipe import wipe
from index.settings import IndexSettings
from index.types import FileReport, Filters
from index.upkeep.reindex import is_left, renew, share_done

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and how much there is."""


class LocalService:
    """The work done here, on an open library. Safe to use from many threads."""

    def __init__(self, library: Library, settings: AssistantSettings, progress: Progress, say: Say) -> None:
        """Nothing is loaded yet: models are at their first use."""
        self.library = library
        self.conversations = History(library.engine)
        self.feedback = FeedbackStore(library.engine, library.settings.home)
        self.starters = Starters(library)
        self.documents = LocalDocuments(library.settings.home, library.engine, (library.writing, library.store.reading))
        self.jobs = LocalJobs(
            lambda paths, collection, sample, keep_samples: ingest(
                library, paths, collection=collection, sample=sample, keep_samples=keep_samples
            ),
        )
        self.answers = Answers(
            lambda question, before, filters: self.ask(question, before, None, filters), self.conversations
        )
        self._settings = settings
        self._progress = progress
        self._say = say
        self._models: dict[str, ServedModel | None] = {}
        self._opening = threading.Lock()

    def ask(
        self, question: str, conversation: Conversation, llm: str | None = None, filters: Filters = ALL
    ) -> Generator[Answer]:
        """See `Service.ask`."""
        model = self.model(llm)
        shared = None if model is None else InLine(model)
        by_words = self.library.outdated
        for answer in ask(question, conversation, library=self.library, llm=shared, filters=filters):
            if answer.stage == "done" and by_words and answer.status != "meta":
                yield replace(answer, notes=(*answer.notes, self._by_words()))
            else:
                yield replace(answer, ahead=shared.ahead) if answer.stage != "done" and shared and shared.ahead else answer

    def renew(self) -> Job | None:
        """Begin to make the index anew where that is to be done or was interrupted; questions are answered meanwhile."""
        return self.jobs.renew(self._renewal) if self.library.outdated or is_left(self.library.settings.home) else None

    def read_anew(self) -> Job | None:
        """Begin to read all files again where an earlier version of the readers did; the old texts answer meanwhile."""
        if not is_read_anew(self.library.engine):
            return None
        if not self.library.folders():
            note_readers(self.library.engine)
            return None
        return self.jobs.read_anew(lambda: ingest(self.library, (), only_read=True))

    def ingest(
        self, paths: Sequence[Path], collection: str = "default", sample: bool = False, keep_samples: bool = False
    ) -> Iterator[FileReport]:
        """See `Service.ingest`; an outdated index is made anew first, and its documents are reported too."""
        if self.library.outdated:
            yield from self.jobs.watch(self.jobs.renew(self._renewal).id)
        yield from self.jobs.follow(paths, collection, sample, keep_samples)

    def add_files(self, paths: Sequence[Path], collection: str = "default", keep_samples: bool = False) -> Job:
        """See `Service.add_files`; an outdated index is made anew first."""
        if self.library.outdated:
            self.jobs.renew(self._renewal)
        return self.jobs.start(paths, collection, keep_samples=keep_samples)

    def remove(self, names: Sequence[tuple[str, Path]], purge: bool = False) -> Erased:
        """See `Service.remove`.

        Raises:
            JobError: the index is being made anew.
        """
        targets = [named(self.library.engine, name, str(path)) for name, path in names]
        with self.library.writing:
            if self._renewing():
                raise JobError(f"the index is being made anew, {self._share()} done: remove files when it is there")
            erased = erase(self.library, targets)
            answers = self.conversations.purge(erased.document_ids) if purge else 0
            wipe(self.library.engine, self.library.store, self.library.settings.home)
        return replace(erased, answers=answers)

    def enrich(self, llm: str | None = None) -> Iterator[Enriched]:
        """See `Service.enrich`.

        Raises:
            SettingsError: there is no language model.
            JobError: the index is outdated.
        """
        if self.library.outdated:
            raise JobError("the index is of an earlier embedder, or is being made anew: `quarry status` says how far it is")
        model = self.model(llm)
        if model is None:
            raise SettingsError("there is no language model to write questions: give one with --llm or QUARRY_LLM")
        yield from enrich(self.library, model)

    def _renewal(self) -> Generator[FileReport]:
        for one in renew(self.library):
            state = "indexed" if one.chunks else "embedding"
            yield FileReport(one.file, state, one.chunks, number=one.number, total=one.total, share=one.share)

    def _renewing(self) -> bool:
        return any(job.renews and not job.ended for job in self.jobs.listed())

    def _share(self) -> str:
        return f"{100 * share_done(self.library.settings.home):.0f} %"

    def _by_words(self) -> str:
        """Why an answer may have missed what says the same in other words."""
        if not self.library.outdated:  # since the question was asked
            why = "was being made anew"
        elif self._renewing():
            why = f"is being made anew, {self._share()} done"
        else:
            why = "is of an earlier embedder: `quarry reindex`"
        return f"passages were found by their words alone, as the index {why}"

    def warm_up(self) -> None:
        """Load embedder and reader, for the first question to find; in the background the language model, then starters.

        These two are not loaded beside other work, as that imports modules of their libraries; they take about two seconds.

        Raises:
            ModelError: the language model's weights are missing or have the wrong hash.
        """
        llm = self.model()
        try:
            self.library.embedder.encode_query("ready")
            reader_of(self.library.embedder)
        except (AssistantError, IndexingError) as error:
            self._say(f"{error}; every question will say so too")
            return

        def load() -> None:
            try:
                if llm is not None:
                    llm.start()
                self.starters.questions()
            except (AssistantError, IndexingError) as error:
                self._say(f"{error}; every question will say so too")

        threading.Thread(target=load, name="warm-up", daemon=True).start()

    def model(self, name: str | None = None) -> ServedModel | None:
        """The language model of this name, or the settings' one; None for `none`.

        Raises:
            ModelError: its weights are missing or have the wrong hash.
        """
        name = name or self._settings.llm
        with self._opening:
            if name not in self._models:
                settings = replace(self._settings, llm=name)
                try:
                    model = open_llm(settings, lambda done, all_: self._progress("language model", done, all_))
                except MissingPackageError as error:
                    self._say(f"{error}; until then the quotes are the answers")
                    model = None
                self._models[name] = model
            return self._models[name]


@contextmanager
def local_service(
    index: IndexSettings, assistant: AssistantSettings, progress: Progress, say: Say
) -> Iterator[LocalService]:
    """The library opened here, outdated or not; the caller already owns the data folder."""
    library = Library(index, Embedder(index.embedder), outdated=True)
    service = LocalService(library, assistant, progress, say)
    try:
        yield service
    finally:
        service.answers.close()
        service.jobs.close()
        library.close()


@contextmanager
def open_service(index: IndexSettings, assistant: AssistantSettings, progress: Progress, say: Say) -> Iterator[Service]:
    """The service of the data folder: its owner's if it has one, else this process becomes the owner.

    Raises:
        OwnerError: another command holds the data folder and doesn't finish.
    """
    with owner_or_self(index.home, say) as owner:
        if owner is not None:
            yield remote(owner, Service)
            return
        with local_service(index, assistant, progress, say) as service:
            yield service
