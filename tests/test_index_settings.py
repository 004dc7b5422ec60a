from pathlib import Path

import pytest

from assistant.settings import load_settings
from index.errors import SettingsError
from index.settings import IndexSettings


def test_the_order_is_argument_environment_file_default(tmp_path: Path) -> None:
    (tmp_path / "quarry.toml").write_text('top_k = 3\nport = 9000\nllm = "none"')
    environment = {"QUARRY_HOME": str(tmp_path), "QUARRY_PORT": "9001", "QUARRY_TOP_K": "4"}
    index, assistant = load_settings({"port": 9002, "llm": None}, environment)
    assert (index.home, index.top_k, assistant.port, assistant.llm) == (tmp_path, 4, 9002, "none")
    assert index.chunk_tokens == IndexSettings().chunk_tokens


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("QUARRY_LMM", "none", "valid ones are .*llm"),
        ("QUARRY_PORT", "many", "port is 'many'"),
        ("QUARRY_HOST", "0.0.0.0", "without accounts"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings({}, {"QUARRY_HOME": str(tmp_path), name: value})


def test_an_empty_variable_counts_as_not_set() -> None:
    index, _ = load_settings({}, {"QUARRY_HOME": "", "QUARRY_TOP_K": ""})
    assert index == load_settings({}, {})[0]


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "quarry.toml").write_text("topk = 3")
    with pytest.raises(SettingsError, match="topk in .*top_k"):
        load_settings({}, {"QUARRY_HOME": str(tmp_path)})


def test_a_setting_that_is_gone_is_a_warning_in_the_file_and_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "quarry.toml").write_text("vector_weight = 0.55\ntop_k = 3")
    said: list[str] = []
    index, _ = load_settings({}, {"QUARRY_HOME": str(tmp_path), "QUARRY_VECTOR_WEIGHT": "0.4"}, said.append)
    assert index.top_k == 3
    assert [("vector_weight" in line, "no longer used" in line) for line in said] == [(True, True)] * 2
    assert "QUARRY_VECTOR_WEIGHT" in said[0] and "quarry.toml" in said[1]
