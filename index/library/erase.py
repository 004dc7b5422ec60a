"""Files named by a person, and their text gone from every table; `wipe` takes it out of the bytes.

One transaction takes the text of all versions out of SQL and marks them `erasing`; then their vectors and the bytes that
databases keep of deleted rows go, and they are `erased`. What a crash interrupts, the next start finishes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from index.errors import IndexingError, StoreError
from index.library.files import forget_folder, heir, key, note_files, read_files, whole_path
from index.library.library import Library
from index.library.listing import EXCLUDED
from index.library.schema import chunks, documents, files, folders, questions, versions
from index.library.versions import remove, set_files
from index.types import File


@dataclass(frozen=True, slots=True)
class Named:
    """What one name stands for: files, each with its folder, and the documents they are. `whole` is a folder forgotten."""

    files: tuple[tuple[str, str], ...]
    document_ids: tuple[str, ...]
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone. `kept` are files that keep the content of a removed one, as theirs is the same."""

    files: tuple[str, ...]
    document_ids: tuple[str, ...]
    versions: int
    chunks: int
    kept: tuple[str, ...] = ()
    answers: int = 0
    """Stored answers that lost quotes, where they were to go too."""


def named(engine: sa.Engine, name: str, path: str) -> Named:
    """What a person means by a file's name as it is listed, or by the absolute `path` of a file or of an ingested folder.

    Raises:
        IndexingError: nothing is called so, or several files are.
    """
    if not name.strip():  # its path would be the folder that the command runs in
        raise IndexingError("a file without a name was to be removed: `quarry documents` lists them")
    with engine.connect() as connection:
        rows = [*connection.execute(sa.select(files.c.folder, files.c.file, files.c.document_id))]
        rows += [*connection.execute(sa.select(documents.c.folder, documents.c.file, documents.c.id))]
        ingested = set(connection.execute(sa.select(folders.c.path)).scalars())
    places = sorted({(row[0], row[1]) for row in rows})
    if path in ingested:
        chosen, whole = [place for place in places if place[0] == path], path
    else:
        exact = [place for place in places if whole_path(*place) == path]
        chosen, whole = exact or [place for place in places if place[1] == name], ""
    chosen += _attached([place for place in places if place not in chosen], chosen)
    if not chosen and not whole:
        raise IndexingError(f"there is no file or folder {name} in the library: `quarry documents` lists them")
    own = [place for place in chosen if place not in _attached(chosen, chosen)]
    if len(own) > 1 and not whole:
        choices = ", ".join(whole_path(*place) for place in own)
        raise IndexingError(f"{name} may be any of {choices}: give one of these")
    if len(own) == 1 and own[0][0] == whole_path(*own[0]):
        whole = own[0][0]  # a file ingested by itself: it is named no longer where all are read again
    ids = sorted({row[2] for row in rows if (row[0], row[1]) in chosen and row[2]})
    return Named(tuple(chosen), tuple(ids), whole)


def _attached(places: Sequence[tuple[str, str]], to: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of some places that are attached to one of others, or to what is attached to it."""
    return [place for place in places if any(place[0] == mail[0] and place[1].startswith(f"{mail[1]}/") for mail in to)]


def erase(library: Library, targets: Sequence[Named]) -> Erased:
    """Take the text of all versions of these files out of the library; the caller holds its `writing`, and wipes it.

    An ingest of their folder passes the files over unless it names them.

    Raises:
        StoreError: the database can't be written; nothing was changed.
    """
    places = {place for target in targets for place in target.files}
    try:
        with library.engine.begin() as connection:
            known = {id_ for target in targets for id_ in target.document_ids}
            going = [file for file in read_files(connection) if key(file) in places]
            inside = sa.select(chunks.c.document_id).where(chunks.c.document_id.in_(known))
            of_chunks = Counter(connection.execute(inside).scalars())
            set_files(connection, forget=going)  # a document that other files name too is theirs from now on
            kept = {id_: heir(own).file for id_ in sorted(known) if (own := read_files(connection, document_id=id_))}
            ids = sorted(known - set(kept))
            texts = sa.select(sa.func.count()).where(versions.c.document_id.in_(ids), versions.c.text != "")
            of_versions = connection.execute(texts).scalar_one()
            _erase_rows(connection, ids)
            of_files = {key(file): file.document_id for file in going if file.document_id in ids}
            for target in targets:
                if target.whole:
                    forget_folder(connection, target.whole)
                else:
                    note_files(connection, [_excluded(*place, of_files.get(place)) for place in target.files])
    except sa.exc.OperationalError as error:
        reason = f"{library.settings.home} can't be written ({error.orig})"
        raise StoreError(f"{reason}: free some space and try again; nothing was changed") from error
    library.forget_texts()
    names = tuple(sorted(file for _, file in places))
    return Erased(names, tuple(ids), of_versions, sum(of_chunks[id_] for id_ in ids), tuple(kept.values()))


def _erase_rows(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Take all text of these documents out of SQL; of the questions written, those that no chunk is left for."""
    for id_ in ids:
        remove(connection, id_)
    connection.execute(sa.delete(questions).where(questions.c.hash.not_in(sa.select(chunks.c.hash))))
    nothing = {"title": "", "publisher": "", "date": None, "text": "", "pages": "[]", "content_hash": ""}
    erasing = sa.update(versions).where(versions.c.document_id.in_(ids))
    # The rows stay, empty: a version number is never given twice, as stored answers cite by it.
    connection.execute(erasing.values(nothing | {"state": "erasing"}))


def _excluded(folder: str, file: str, document_id: str | None) -> File:
    """A file as it is remembered that a person removed."""
    day, path = datetime.now(UTC).date().isoformat(), Path(whole_path(folder, file))
    path = next((place for place in path.parents if place.is_file()), path)  # the mail that it is attached to
    return File(folder, file, document_id, reason=f"{EXCLUDED}{day}; `quarry ingest {path}` brings it back")
