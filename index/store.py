"""Vectors of chunks: Chroma's door, through llama-index's vector store. Cosine distance; vectors are always passed in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embed import Vectors
from index.errors import StoreError, unwritable
from index.types import Chunk

if TYPE_CHECKING:
    from llama_index.vector_stores.chroma import ChromaVectorStore

THREADS = 2


class VectorStore:
    """An open Chroma collection, in `folder`, for vectors of one fingerprint."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        """Opens or creates the collection.

        Raises:
            StoreError: Chroma can't open the folder.
        """
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError
        from llama_index.vector_stores.chroma import ChromaVectorStore

        name = "chunks-" + hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
        try:
            client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            collection = client.get_or_create_collection(
                name,
                embedding_function=None,
                metadata={"fingerprint": fingerprint},
                configuration={"hnsw": {"space": "cosine", "num_threads": THREADS}},
            )
        except (ChromaError, OSError, ValueError) as error:
            raise StoreError(f"Chroma can't open {folder}: {error}") from error
        self._folder = folder
        self._batch = client.get_max_batch_size()
        self._collection = collection
        self._store: ChromaVectorStore = ChromaVectorStore(chroma_collection=collection)

    def add(self, chunks: Sequence[Chunk], vectors: Vectors, collection: str) -> None:
        """Store `vectors` `(n, d)`, one a chunk, under the chunks' ids; `collection` is the document's."""
        from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

        # llama-index itself writes the source's id into the metadata, as `document_id`.
        nodes = [
            TextNode(
                id_=chunk.id,
                text=chunk.text,
                embedding=vector.tolist(),
                metadata={"version": chunk.version, "collection": collection},
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.document_id)},
            )
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        with self._working():
            for start in range(0, len(nodes), self._batch):
                self._store.add(list(nodes[start : start + self._batch]))

    def delete(self, document_id: str, version: int) -> None:
        """Remove all vectors of a document version; none there is fine.

        Raises:
            StoreError: the data folder can't be written.
        """
        where = {"$and": [{"document_id": {"$eq": document_id}}, {"version": {"$eq": version}}]}
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

    def count(self) -> int:
        """The number of vectors."""
        return int(self._collection.count())

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors `(d,)` of the chunks among `ids`."""
        if not ids:
            return {}
        with self._working():
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of the chunks among `ids` with `vector` `(d,)`."""
        found = self.vectors(ids)
        return dict(zip(found, (np.stack([*found.values()]) @ vector).tolist(), strict=True)) if found else {}

    def nearest(
        self, vector: Vectors, top_k: int, *, collections: Sequence[str] = (), document_ids: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """The ids of the `top_k` chunks nearest to `vector` `(d,)` and their cosines in [-1, 1], best first."""
        filters = [
            {key: {"$in": list(values)}}
            for key, values in (("collection", collections), ("document_id", document_ids))
            if values
        ]
        where = {"$and": filters} if len(filters) > 1 else filters[0] if filters else None
        # Chroma itself, not the llama-index store: that one turns distances into exp(-distance).
        with self._working():
            found = self._collection.query(
                query_embeddings=[vector.tolist()],
                n_results=top_k,
                where=where,  # type: ignore[arg-type]
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances, strict=True)]
