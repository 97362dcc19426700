from __future__ import annotations

import sys

from assistant.bench import main
from assistant.bench.pages import run

sys.exit(run(main))
