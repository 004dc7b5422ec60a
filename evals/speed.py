"""`speed`: how fast a folder of abstracts is taken in, beside the encoder alone and llama-index's own pipeline.

Each leg runs in a process of its own that has its model loaded and has taken in one other text; legs take turns in every
round, so that what the machine does beside them strikes all alike. What is compared is seconds for the same folder.
"""

from __future__ import annotations

import json
import lzma
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from evals.errors import EvaluationError
from evals.runs import print_figures, print_table

WRITTEN_BY_PEOPLE = ("squad2", "selqa", "covidqa", "clapnq")
"""Sources of the reading data whose passages are whole texts."""

SHORTEST, LONGEST = 900, 2200
"""Characters of a text that is as long as an abstract."""

Leg = Callable[[Path, Path], dict[str, float]]
"""From the folder of texts and an empty one for what is made, to seconds, and what else it counts."""


def speed(directory: Path, *, documents: int = 200, rounds: int = 3, peers: bool = True) -> dict[str, Any]:
    """Take in `documents` texts in each of `rounds`, print the table, return medians and the ratios of each round.

    Raises:
        EvaluationError: the reading data is missing or too small.
    """
    legs: dict[str, Leg] = {"encoder": encoder, "ingest": ingest}
    if peers:
        legs["llama_index"] = llama_index
    found: dict[str, list[dict[str, float]]] = {name: [] for name in legs}
    with tempfile.TemporaryDirectory(prefix="quarry-speed-") as place:
        folder = Path(place) / "texts"
        folder.mkdir()
        for number, text in enumerate(abstracts(directory, documents)):
            (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
        for number in range(rounds):
            for name, leg in [*legs.items()][:: 1 if number % 2 == 0 else -1]:
                with tempfile.TemporaryDirectory(dir=place) as home:
                    found[name].append(_alone(leg, folder, Path(home)))
    figures: dict[str, Any] = {"n": documents, "rounds": rounds}
    for name, runs in found.items():
        figures[name] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    for name, other in (("of_encoder", "encoder"), ("of_llama_index", "llama_index")):
        if other in found:
            ratios = [a["seconds"] / b["seconds"] for a, b in zip(found[other], found["ingest"], strict=True)]
            figures[name] = {"median": statistics.median(ratios), "low": min(ratios), "high": max(ratios)}
    names = list(dict.fromkeys(key for name in legs for key in figures[name]))
    print_table(["leg", *names], [[name, *(figures[name].get(key, "") for key in names)] for name in legs])
    for name in ("of_encoder", "of_llama_index"):
        if name in figures:
            print(f"rate of ingest, {name.replace('_', ' ')}: {figures[name]}")
    print_figures("speed", figures)
    return figures


def abstracts(directory: Path, count: int) -> list[str]:
    """Different texts of the reading data, as long as abstracts.

    Raises:
        EvaluationError: the reading data is missing or too small.
    """
    path = directory / "reading" / "train.jsonl.xz"
    found: dict[str, None] = {}
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text = " ".join(row["sents"])
                if row["src"] in WRITTEN_BY_PEOPLE and SHORTEST <= len(text) <= LONGEST:
                    found.setdefault(text)
                if len(found) == count:
                    return list(found)
    except OSError as error:
        raise EvaluationError(f"there are no texts at {path}: the benchmark data lies beside the project") from error
    raise EvaluationError(f"{path} has {len(found)} texts of such a length, not {count}")


def encoder(folder: Path, home: Path) -> dict[str, float]:
    """The encoder alone on the passages that an ingest would give it, in the batches it is fastest with."""
    from index.embedding.e5_transformer import pooled
    from index.embedding.embedder import Embedder
    from index.embedding.turns import slices
    from index.embedding.views import Passages, embedded
    from index.passages.chunks import chunk
    from index.settings import IndexSettings
    from index.types import Document

    embedder, texts = Embedder("multilingual"), list[str]()

    class Recording(Embedder):
        def encode_passages(self, given: list[str], spans: Any, *, first: bool = False) -> Any:
            texts.extend(given)
            raise _Recorded

    recording = Recording("multilingual")
    for path in sorted(folder.iterdir()):
        document = Document("id", "default", path.name, path.stem, "", None, path.read_text(), (), 1, "")
        try:
            embedded([Passages(document, chunk(document, embedder.count_tokens, IndexSettings().chunk_tokens))], recording)
        except _Recorded:
            continue
    transformer: Any = embedder.model[0]
    embedder.encode_query("ready")
    began = time.perf_counter()
    for part in slices(texts):
        pooled(transformer, [texts[i] for i in part], [[] for _ in part])
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "passages": len(texts), "tokens_a_second": sum(embedder.count_tokens(texts)) / seconds}


class _Recorded(Exception):  # noqa: N818
    """What would be embedded is known: no need to do it."""


def ingest(folder: Path, home: Path) -> dict[str, float]:
    """The product's own ingest, from files to an index on disk, with a vector for each sentence too."""
    from index.embedding.embedder import Embedder
    from index.ingest.ingest import ingest
    from index.library.library import Library
    from index.settings import IndexSettings

    library = Library(IndexSettings(home=home / "data", embedder="multilingual"), Embedder("multilingual"))
    first = home / "first.txt"
    first.write_text("Zinc is a metal.", encoding="utf-8")
    list(ingest(library, [first]))
    began = time.perf_counter()
    list(ingest(library, [folder]))
    return {"seconds": time.perf_counter() - began, "passages": library.count_chunks() - 1} | _peak()


def llama_index(folder: Path, home: Path) -> dict[str, float]:
    """llama-index's default pipeline: its reader, splitter and batches, our embedder and passage size, Chroma on disk."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from evals.contenders import embedding_model, splitter
    from index.embedding.embedder import Embedder
    from index.settings import IndexSettings

    embedder = Embedder("multilingual")
    cutter = splitter(IndexSettings().chunk_tokens, overlap=0)
    cutter._tokenizer = lambda text: [0] * embedder.count_tokens([text])[0]
    collection = chromadb.PersistentClient(str(home / "chroma")).create_collection("all", embedding_function=None)
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    model: Any = embedding_model(embedder)
    model.get_text_embedding("ready")
    began = time.perf_counter()
    documents = SimpleDirectoryReader(str(folder)).load_data()
    VectorStoreIndex.from_documents(documents, storage_context=storage, embed_model=model, transformations=[cutter])
    return {"seconds": time.perf_counter() - began, "passages": collection.count()} | _peak()


def _peak() -> dict[str, float]:
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _alone(leg: Leg, folder: Path, home: Path) -> dict[str, float]:
    """A leg in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(leg, folder, home).result()
