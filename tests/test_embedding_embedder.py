"""Any sentence-transformers model as the embedder: small ones that the test makes itself, with prompts of their own."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedding.embedder import TITLE_TOKENS, Embedder, Vectors
from index.errors import ModelError, StoreError
from index.ingest.ingest import ingest
from index.library.library import Library
from index.passages.chunks import VERSION
from index.search.search import by_keywords, search
from index.settings import IndexSettings
from index.types import Filters

CHINESE = "锗的年产能为五十吨。这家工厂在中国建成,每天生产锌和锗。"
ENGLISH = "The plant makes twelve tons of germanium a year. It was built in Onsan and makes zinc each day."

Make = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> Iterator[Make]:
    """A small random BERT whose WordPiece vocabulary knows English words and Chinese characters."""

    def make(name: str = "small", tokens: int = 128, default: str | None = None, **prompts: str) -> Path:
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizer

        source, folder = tmp_path / f"{name}-bert", tmp_path / name
        source.mkdir()
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        words = sorted({*ENGLISH.lower().replace(".", "").split(), *CHINESE, *letters, *"。,.:?", "query", "passage"})
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *(f"##{letter}" for letter in letters)]
        (source / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
        BertTokenizer(str(source / "vocab.txt"), model_max_length=tokens).save_pretrained(str(source))
        torch.manual_seed(1)
        sizes: dict[str, Any] = {
            "hidden_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 64,
        }
        config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=512, **sizes)
        BertModel(config).save_pretrained(source)
        parts = [Transformer(str(source), max_seq_length=tokens), Pooling(32), Normalize()]
        SentenceTransformer(modules=parts, device="cpu").save(str(folder))
        path = folder / "config_sentence_transformers.json"
        content = json.loads(path.read_text()) | {"prompts": prompts, "default_prompt_name": default}
        path.write_text(json.dumps(content))
        return folder

    yield make


def test_query_and_passage_prompts_are_taken_from_the_model_s_files(make_model: Make) -> None:
    embedder = Embedder(str(make_model(query="query: ", passage="passage: ")))
    assert embedder.prompts == ("query: ", "passage: ")
    plain = embedder.model.encode(["query: zinc", "passage: zinc"], normalize_embeddings=True)
    assert np.allclose(embedder.encode_query("zinc"), plain[0], atol=1e-5)
    assert np.allclose(embedder.encode_documents(["zinc"])[0], plain[1], atol=1e-5)
    assert np.linalg.norm(plain[0] - plain[1]) > 0.001


def test_a_default_prompt_stands_before_what_has_none_of_its_own(make_model: Make) -> None:
    assert Embedder(str(make_model("one", default="text", text="text: "))).prompts == ("text: ", "text: ")
    assert Embedder(str(make_model("two", default="query", query="query: "))).prompts == ("query: ", "")
    assert Embedder(str(make_model("three"))).prompts == ("", "")


def test_a_model_s_limit_less_prompt_and_title_bounds_the_chunks(make_model: Make, tmp_path: Path) -> None:
    embedder = Embedder(str(make_model(tokens=90, passage="passage: ")))
    assert embedder.max_tokens == 90 and embedder.passage_tokens == 90 - 2 - TITLE_TOKENS
    library = Library(IndexSettings(home=tmp_path / "home"), embedder)
    assert library.chunk_tokens == 58 and f"chunker {VERSION} of 58 tokens" in library.fingerprint
    (tmp_path / "a.txt").write_text(f"{ENGLISH} " * 8)
    list(ingest(library, [tmp_path / "a.txt"]))
    chunks = library.chunks_of(library.documents()[0].id)
    assert max(embedder.count_tokens([chunk.text for chunk in chunks])) <= 58
    library.close()


def test_a_model_that_reads_hardly_anything_is_refused(make_model: Make, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="reads 40 tokens, 0 of them its prompt and 30 the title"):
        Library(IndexSettings(home=tmp_path / "home"), Embedder(str(make_model(tokens=40))))


def test_chinese_text_is_found_and_keeps_its_place(make_model: Make, tmp_path: Path) -> None:
    embedder = Embedder(str(make_model(query="query: ", document="passage: ")))
    library = Library(IndexSettings(home=tmp_path / "home"), embedder)
    (tmp_path / "a.txt").write_text(f"{CHINESE}\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("天气很好。", encoding="utf-8")
    list(ingest(library, [tmp_path / "a.txt", tmp_path / "b.txt"]))
    [(id_, _)] = by_keywords("锗的产能是多少?", library, 5, Filters())  # vectors of a random model rank nothing
    [hit] = [hit for hit in search("锗的产能是多少?", library) if hit.chunk.id == id_]
    assert hit.chunk.text == CHINESE
    assert library.document(hit.chunk.document_id, 1).text[hit.chunk.start : hit.chunk.end] == CHINESE
    library.close()


def test_an_index_of_another_embedder_is_refused_with_one_line(make_model: Make, tmp_path: Path) -> None:
    settings, folder = IndexSettings(home=tmp_path / "home"), make_model(query="query: ")
    Library(settings, Embedder(str(folder))).close()
    Library(settings, Embedder(str(folder))).close()
    others = [Embedder("embedded"), Embedder(str(make_model("other", tokens=100, query="query: ")))]
    path = folder / "config_sentence_transformers.json"
    path.write_text(path.read_text().replace("query: ", "question: "))
    for other in [*others, Embedder(str(folder))]:
        with pytest.raises(StoreError, match="was made by 'small .* of 128 tokens.*quarry reindex") as error:
            Library(settings, other)
        assert "\n" not in str(error.value)


class Slow:
    """A model whose first passages take until a query waits; a vector is its text's length. It records what came when."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self.waiting = waiting
        self.done: list[str] = []
        self.begun = threading.Event()

    def encode_document(self, texts: list[str], **_: object) -> np.ndarray:
        self.begun.set()
        end = time.monotonic() + 10
        while not (self.waiting() or self.done) and time.monotonic() < end:
            time.sleep(0.01)
        self.done += ["passages"]
        return np.array([[len(text)] for text in texts], dtype=np.float32)

    def encode_query(self, texts: list[str], **_: object) -> np.ndarray:
        self.done += ["query"]
        return np.array([[len(text)] for text in texts], dtype=np.float32)


def test_a_query_goes_before_the_passages_that_are_left_and_these_keep_their_order() -> None:
    embedder = Embedder("slow")
    model = Slow(lambda: embedder._turns._waiting)
    embedder.model, embedder.prompts = model, ("", "")  # type: ignore[assignment]
    texts = ["a" * (i * 37 % 1000 + 1) for i in range(200)]
    found: list[Vectors] = []
    embedding = threading.Thread(target=lambda: found.append(embedder.encode_documents(texts)))
    embedding.start()
    assert model.begun.wait(10)
    assert embedder.encode_query("zinc") == [4]
    embedding.join()
    assert model.done.index("query") == 1 and len(model.done) > 8
    assert found[0][:, 0].tolist() == [len(text) for text in texts]
    assert embedder.encode_documents([]).shape[0] == 0
