"""``python -m assistant`` is ``cramp-assistant``."""

from assistant.cli import main

raise SystemExit(main())
