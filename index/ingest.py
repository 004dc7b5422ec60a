"""Folders and files in, an up-to-date library out. Content decides what is new; one bad file never stops the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.chunk import chunk
from index.embed import Vectors
from index.errors import IndexingError, ReadError
from index.library import Folder, Library
from index.read import Sources, find_files, read, read_sources
from index.types import Chunk, Document, FileReport

BATCH = 64
"""Chunks embedded between two reports of progress: some 4 seconds on two cores."""

TITLE_CHARACTERS = 80
"""How much of a title stands before a passage when it is embedded: some 20 tokens, so that the limit is kept."""


@dataclass(frozen=True, slots=True)
class _Task:
    """An ingested path, and the part of it to read now."""

    folder: Folder
    only: Path | None = None


def ingest(
    library: Library, paths: Sequence[Path], *, collection: str = "default", sample: bool = False
) -> Iterator[FileReport]:
    """Bring the library up to date with `paths`, or with everything ingested before where there are none.

    Yields reports as files are done, and `embedding` ones on the way through a long file. A file that is gone leaves
    the library if it lay below an ingested folder that is still there. Documents of one's own displace samples.

    Raises:
        IndexingError: a path doesn't exist, there is nothing to ingest, or a sources.toml can't be understood.
    """
    with library.writing:
        tasks = _tasks(library, paths, collection, sample)
        found = [(task, path) for task in tasks for path in find_files(task.only or Path(task.folder.path))]
        for number, (task, path) in enumerate(found, 1):
            for report in _ingest_file(library, task.folder, path):
                yield replace(report, number=number, total=len(found))
        for task in tasks:
            yield from _remove_vanished(library, task)
        yield from _displace(library, [task.folder for task in tasks])


def _tasks(library: Library, paths: Sequence[Path], collection: str, sample: bool) -> list[_Task]:
    known = {folder.path: folder for folder in library.folders()}
    if not paths and not known:
        raise IndexingError("nothing was ingested before: name a folder or file, as in `quarry ingest FOLDER`")
    tasks = []
    for given in paths or [Path(path) for path in known]:
        path = given.expanduser().resolve()
        if not path.exists():
            raise IndexingError(f"there is no file or folder {given}; nothing was changed")
        above = next((known[str(parent)] for parent in path.parents if str(parent) in known), None)
        if above is not None:
            tasks.append(_Task(above, only=path))
            continue
        before = known.get(str(path))
        root = path if path.is_dir() else path.parent
        questions = read_sources(root).questions
        is_sample = before.sample and not paths if before else sample
        folder = Folder(str(path), before.collection if before else collection, is_sample, questions)
        if not find_files(path):
            raise IndexingError(f"{given} holds no file that can be read (text, Markdown, PDF); nothing was changed")
        library.add_folder(folder)
        tasks.append(_Task(folder))
    return tasks


def _ingest_file(library: Library, folder: Folder, path: Path) -> Iterator[FileReport]:
    root = Path(folder.path) if Path(folder.path).is_dir() else Path(folder.path).parent
    file = path.relative_to(root).as_posix()
    document_id = hashlib.sha256("\0".join((folder.collection, folder.path, file)).encode()).hexdigest()[:16]
    try:
        document = _document(library, document_id, folder.collection, root, file, read_sources(root))
    except ReadError as error:
        yield FileReport(file, "failed", reason=str(error))
        return
    current = library.current(document_id)
    if current is not None and _same(current, document):
        yield FileReport(file, "unchanged")
        return
    chunks = chunk(document, library.embedder.count_tokens, library.settings.chunk_tokens)
    vectors: list[Vectors] = []
    for start in range(0, len(chunks), BATCH):
        vectors.append(library.embedder.encode_documents(embedded_texts(document, chunks[start : start + BATCH])))
        if start + BATCH < len(chunks):
            yield FileReport(file, "embedding", start + BATCH, f"of {len(chunks)} chunks")
    library.write(folder.path, document, chunks, np.concatenate(vectors))
    yield FileReport(file, "updated" if current else "added", len(chunks))


def embedded_texts(document: Document, chunks: Sequence[Chunk]) -> list[str]:
    """What is embedded for each chunk: the document's title, then the passage."""
    return [f"{document.title[:TITLE_CHARACTERS]}\n{chunk.text}" for chunk in chunks]


def _document(library: Library, document_id: str, collection: str, root: Path, file: str, sources: Sources) -> Document:
    data, content = read(root / file)
    facts = sources.facts.get(file, {})
    return Document(
        id=document_id,
        collection=collection,
        file=file,
        title=facts.get("title") or content.title or Path(file).stem.replace("_", " "),
        publisher=facts.get("publisher", ""),
        date=facts.get("date"),
        text=content.text,
        pages=content.pages,
        version=library.next_version(document_id),
        content_hash=hashlib.sha256(data).hexdigest(),
    )


def _same(current: Document, read_now: Document) -> bool:
    """Whether nothing a reader would see has changed: the bytes, and what sources.toml says of them."""
    names = ("content_hash", "title", "publisher", "date")
    return all(getattr(current, name) == getattr(read_now, name) for name in names)


def _remove_vanished(library: Library, task: _Task) -> Iterator[FileReport]:
    folder = Path(task.folder.path)
    if not folder.is_dir() or task.only is not None:
        return
    for document in library.documents(folder=task.folder.path):
        if not (folder / document.file).is_file():
            library.remove(document.id)
            yield FileReport(document.file, "removed", reason="the file is gone")


def _displace(library: Library, ingested: Sequence[Folder]) -> Iterator[FileReport]:
    """Samples leave when own documents come, and paths below a folder that now holds them too leave for it."""
    own = any(not folder.sample for folder in ingested)
    above = {folder.path for folder in ingested}
    for folder in library.folders():
        if own and folder.sample:
            reason = "samples leave when your own documents come"
        elif any(str(parent) in above for parent in Path(folder.path).parents):
            reason = "it is now part of a larger folder"
        else:
            continue
        for document in library.documents(folder=folder.path):
            yield FileReport(document.file, "removed", reason=reason)
        library.remove_folder(folder.path)
