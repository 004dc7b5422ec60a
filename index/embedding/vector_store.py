"""Vectors of chunks: Chroma's door, through llama-index's vector store. Cosine distance; vectors are always passed in."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.embedder import Vectors
from index.errors import StoreError, unwritable
from index.types import Embedded

if TYPE_CHECKING:
    from chromadb import Collection

THREADS = 2

NEW = "-new"
"""What the name of a collection ends with while it is copied."""

COPIED = 1000
"""Vectors copied at a time."""


def collection_name(fingerprint: str) -> str:
    """The Chroma collection that holds the vectors of this fingerprint."""
    return "chunks-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:16]


class VectorStore:
    """An open Chroma collection, in `folder`, for vectors of one fingerprint."""

    def __init__(self, folder: Path, fingerprint: str, *, readable: bool = True) -> None:
        """Opens or creates the collection. Where it is not `readable`, as its vectors are another embedder's, they can only
        be deleted.

        Raises:
            StoreError: Chroma can't open the folder.
        """
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        self._folder, self._fingerprint, self._readable = folder, fingerprint, readable
        self.reading = threading.Lock()
        """Held while one reads, a few milliseconds, while collections change places, and while anything else opens Chroma's
        files: two copies of SQLite in a process, Chroma's and Python's, take each other's file locks away."""
        self._name = collection_name(fingerprint)
        try:
            self._client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            self._finish_rewriting()
            self._collection = self._open(self._name)
        except (ChromaError, OSError, ValueError) as error:
            raise StoreError(f"Chroma can't open {folder}: {error}") from error
        self._batch = self._client.get_max_batch_size()

    def become(self, fingerprint: str) -> None:
        """Be the collection of this fingerprint from now on, to be read: whoever has the store then searches that."""
        with self.reading:
            self._fingerprint, self._name = fingerprint, collection_name(fingerprint)
            self._collection = self._open(self._name)
            self._readable = True

    def add(self, made: Sequence[Embedded]) -> None:
        """Store the vectors of versions under their chunks' ids."""
        # Not imported before it is needed: a search without it begins two seconds earlier.
        from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
        from llama_index.vector_stores.chroma import ChromaVectorStore

        # llama-index itself writes the source's id into the metadata, as `document_id`.
        nodes = [
            TextNode(
                id_=chunk.id,
                text=chunk.text,
                embedding=vector.tolist(),
                metadata={"version": chunk.version, "collection": one.document.collection},
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.document_id)},
            )
            for one in made
            for chunk, vector in zip(one.chunks, one.vectors, strict=True)
        ]
        with self._working():
            for start in range(0, len(nodes), self._batch):
                ChromaVectorStore(chroma_collection=self._collection).add(list(nodes[start : start + self._batch]))

    def delete(self, document_id: str, version: int | None = None) -> None:
        """Remove all vectors of a document, or of one version of it; none there is fine.

        Raises:
            StoreError: the data folder can't be written.
        """
        where: dict[str, object] = {"document_id": {"$eq": document_id}}
        if version is not None:
            where = {"$and": [where, {"version": {"$eq": version}}]}
        with self._working():
            self._collection.delete(where=where)  # type: ignore[arg-type]  # Chroma's own type is narrower than what it takes

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Says in our words what Chroma could not do; it writes what is waiting in its log when it reads, too."""
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, OSError) as error:
            raise unwritable(self._folder.parent, error) from error

    def rewrite(self) -> None:
        """Copy all vectors into a new collection and drop every other one: what was deleted is then in no file.

        Chroma itself keeps what was deleted in its log and index files. Searches go on meanwhile.

        Raises:
            StoreError: Chroma's files can't be written.
        """
        from chromadb.errors import ChromaError

        try:
            new = self._open(f"{self._name}{NEW}")
            ids = self._collection.get(include=[])["ids"]
            for some in (ids[start : start + COPIED] for start in range(0, len(ids), COPIED)):
                part = self._collection.get(ids=some, include=["embeddings", "documents", "metadatas"])
                new.add(part["ids"], part["embeddings"], part["metadatas"], part["documents"])
            with self.reading:
                self._collection = new
                self._client.delete_collection(self._name)
                self._finish_rewriting()
        except (ChromaError, OSError, ValueError) as error:
            raise StoreError(self._unwritten(error)) from error
        self.drop_others()

    def drop_others(self) -> None:
        """Drop the collections of other fingerprints, and what Chroma leaves of dropped ones in its files.

        Raises:
            StoreError: Chroma's files can't be written.
        """
        from chromadb.errors import ChromaError

        try:
            for collection in self._client.list_collections():
                if collection.name != self._name:
                    self._client.delete_collection(collection.name)
            with self.reading, closing(sqlite3.connect(self._folder / "chroma.sqlite3", timeout=30)) as database:
                segments = {id_ for (id_,) in database.execute("SELECT id FROM segments")}
                database.execute("INSERT INTO embedding_fulltext_search(embedding_fulltext_search) VALUES ('optimize')")
                database.commit()
                database.execute("VACUUM")
            for path in self._folder.iterdir():
                if path.is_dir() and path.name not in segments:
                    shutil.rmtree(path)
        except (ChromaError, OSError, sqlite3.Error) as error:
            raise StoreError(self._unwritten(error)) from error

    def _unwritten(self, error: Exception) -> str:
        return f"the vectors in {self._folder} can't be rewritten ({error}): free some space, and run any quarry command"

    def _open(self, name: str) -> Collection:
        return self._client.get_or_create_collection(
            name,
            embedding_function=None,
            metadata={"fingerprint": self._fingerprint},
            configuration={"hnsw": {"space": "cosine", "num_threads": THREADS}},
        )

    def _finish_rewriting(self) -> None:
        """The new collection gets the name where the old one is gone, and goes where it is still there."""
        names = {collection.name for collection in self._client.list_collections()}
        if (new := f"{self._name}{NEW}") in names:
            if self._name in names:
                self._client.delete_collection(new)
            else:
                self._client.get_collection(new, embedding_function=None).modify(name=self._name)

    def _check_readable(self) -> None:
        if not self._readable:
            raise StoreError(f"the vectors in {self._folder} are of '{self._fingerprint}': `quarry reindex` makes new ones")

    def count(self) -> int:
        """The number of vectors."""
        return int(self._collection.count())

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors `(d,)` of the chunks among `ids`.

        Raises:
            StoreError: they are another embedder's.
        """
        self._check_readable()
        if not ids:
            return {}
        with self.reading, self._working():
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of the chunks among `ids` with `vector` `(d,)`."""
        found = self.vectors(ids)
        return dict(zip(found, (np.stack([*found.values()]) @ vector).tolist(), strict=True)) if found else {}

    def nearest(
        self, vector: Vectors, top_k: int, *, collections: Sequence[str] = (), document_ids: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """The ids of the `top_k` chunks nearest to `vector` `(d,)` and their cosines in [-1, 1], best first.

        Raises:
            StoreError: the vectors are another embedder's.
        """
        self._check_readable()
        filters = [
            {key: {"$in": list(values)}}
            for key, values in (("collection", collections), ("document_id", document_ids))
            if values
        ]
        where = {"$and": filters} if len(filters) > 1 else filters[0] if filters else None
        # Chroma itself, not the llama-index store: that one turns distances into exp(-distance).
        with self.reading, self._working():
            found = self._collection.query(
                query_embeddings=[vector.tolist()],
                n_results=top_k,
                where=where,  # type: ignore[arg-type]
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)]
