"""What is imported once in the process that `tests.processes` forks."""

from assistant.server.heavy_imports import import_libraries
from index.embedding import threads

threads.THREADS = 1  # as in the test workers
import_libraries()
