#!/usr/bin/env bash
# Tries to fetch the better recognizer's model, at most once a day; the assistant starts either way.
# Usage: tools/fetch_model.sh. A model that is already there is left alone.
set -euo pipefail

tried=.venv/.model-tried

if [ -n "$(find "$tried" -mmin -1440 2>/dev/null)" ]; then exit 0; fi
if ! .venv/bin/cramp-assistant models fetch; then
    printf 'cramp-assistant: going on with the embedded recognizer; `make fetch` tries again at once\n' >&2
fi
touch "$tried"
