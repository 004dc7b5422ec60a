"""`python -m assistant.cli` is `quarry`."""

import sys

from assistant.cli.main import main

sys.exit(main())
