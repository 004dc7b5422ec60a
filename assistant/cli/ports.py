"""Who listens on a port of this machine."""

from __future__ import annotations

from pathlib import Path


def holder(port: int) -> str:
    """Which program listens on a port, where Linux tells."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else ():
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(str(one.readlink()) in sockets for one in folder.iterdir()):
                return f"process {folder.parent.name} ({(folder.parent / 'comm').read_text().strip()}) listens there"
        except OSError:
            continue  # another user's, or gone
    return "another program listens there"
