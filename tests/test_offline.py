"""The whole of it with no network at all: in a network namespace of its own, native code included."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNSHARE = ["unshare", "--net", "--map-root-user"]

# Inside the namespace only loopback exists, and it has to be switched on: SIOCSIFFLAGS with IFF_UP | IFF_RUNNING.
SCRIPT = """
import fcntl, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", 0x41))
from assistant.cli.main import main
assert main(["ingest", "seeds"]) == 0
sys.exit(main(["ask", "--json", "What is Korea Zinc's planned germanium capacity?"]))
"""


def allowed() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*UNSHARE, "true"], capture_output=True).returncode == 0


@pytest.mark.llm
@pytest.mark.skipif(not allowed(), reason="this system lets no one make a network namespace")
def test_ingest_and_ask_need_no_network(tmp_path: Path) -> None:
    environment = os.environ | {"QUARRY_HOME": str(tmp_path / "home")}
    command = [*UNSHARE, sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stderr
    assert '"answerer": "Qwen2.5-Coder-1.5B-Instruct"' in result.stdout
    assert "12 tons" in result.stdout
