"""cramp-assistant: a hands-free, offline voice assistant for hamstring and leg cramps."""
