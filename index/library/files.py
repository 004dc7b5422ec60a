"""Which folders were ingested, which files they hold, and which document each file is: rows of two tables.

A document lives as long as a file names it. Several files of a collection with the same content name one document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from index.library.schema import files, folders
from index.types import File

MAIL = ".eml"


@dataclass(frozen=True, slots=True)
class Folder:
    """A path that was ingested. `sample` ones leave when a person's own documents come."""

    path: str
    collection: str
    sample: bool
    questions: tuple[str, ...]


def root_of(folder: str) -> Path:
    """What the files of an ingested path are named below: the folder, or the folder of a file ingested by itself."""
    path = Path(folder)
    return path if path.is_dir() else path.parent


def mail_around(file: str) -> str:
    """The mail that a file is attached to, where it is: it is named below the mail, as if that were a folder; else empty."""
    return next((str(place) for place in Path(file).parents if place.suffix.lower() == MAIL), "")


def whole_path(folder: str, file: str) -> str:
    """Where a file lies, or lay; an ingested path may be the file itself."""
    path = Path(folder)
    alone = not path.is_dir() and (file == path.name or file.startswith(f"{path.name}/"))
    return str(path.parent / file) if alone else str(path / file)


def title_of(file: str) -> str:
    """What a document is called that states no title."""
    return Path(file).stem.replace("_", " ")


def read_folders(connection: sa.Connection) -> list[Folder]:
    """What was ingested, in order of path."""
    rows = connection.execute(sa.select(folders).order_by(folders.c.path))
    return [Folder(row.path, row.collection, row.sample, tuple(json.loads(row.questions))) for row in rows]


def note_folder(connection: sa.Connection, folder: Folder) -> None:
    """Remember an ingested path, or what is now known of it."""
    forget_folder(connection, folder.path)
    connection.execute(sa.insert(folders).values(asdict(folder) | {"questions": json.dumps(folder.questions)}))


def forget_folder(connection: sa.Connection, path: str) -> None:
    """Remember an ingested path no longer."""
    connection.execute(sa.delete(folders).where(folders.c.path == path))


def read_files(
    connection: sa.Connection,
    *,
    folder: str | None = None,
    document_id: str | None = None,
    file: str | None = None,
    within: str = "",
) -> list[File]:
    """The files of one ingested path, of one document, attached `within` a mail, or of all, in order of folder and file."""
    given = {"folder": folder, "document_id": document_id, "file": file}
    wanted = [files.c[name] == value for name, value in given.items() if value is not None]
    wanted += [files.c.file.startswith(f"{within}/", autoescape=True)] if within else []
    rows = connection.execute(sa.select(files).where(*wanted).order_by(files.c.folder, files.c.file))
    return [File(*row) for row in rows]


def note_files(connection: sa.Connection, noted: Sequence[File]) -> None:
    """Remember files as they are now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if noted:
        rows = [asdict(file) | {"checked": now} for file in noted]
        connection.execute(sa.insert(files).prefix_with("OR REPLACE"), rows)


def forget_files(connection: sa.Connection, forgotten: Sequence[File]) -> None:
    """Remember files no longer."""
    for file in forgotten:
        connection.execute(sa.delete(files).where(files.c.folder == file.folder, files.c.file == file.file))


def key(file: File) -> tuple[str, str]:
    """What a file is told by: its folder and its path below that."""
    return file.folder, file.file


def heir(names: Sequence[File]) -> File:
    """The file that a document is shown under when the one it was shown under is gone: one that holds its content."""
    return min(names, key=lambda file: (bool(file.reason), *astuple(file)[:2]))
