from __future__ import annotations

import sys

from assistant.bench import main

sys.exit(main())
