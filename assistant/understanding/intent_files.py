"""Anybody's hassil intent files: any intents, slots and contexts, not only those of our dialogue.

Slot values keep their type: in the word graph they are JSON. Phrases under ``skip_words`` may be said
anywhere, two in a row at most.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hassil.intents import Intents
from hassil.parser import ParseError
from hassil.util import merge_dict

from assistant.errors import ContentError
from assistant.understanding.graph import graph_in
from assistant.understanding.pieces import with_skips

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assistant.values import WordGraph
    from assistant.wordgraph import Slots

MALFORMED = (ParseError, ValueError, KeyError, TypeError, AttributeError, AssertionError)
"""What hassil raises for a file in which something is missing or of another shape."""


def read_intents(files: Iterable[tuple[str, object]]) -> Intents:
    """Return the intents of files, given as name and content; later ones add to the earlier ones.

    Raises `ContentError` naming the file that is no intent file.
    """
    together: dict[str, Any] = {}
    for name, content in files:
        merge_dict(together, _checked(name, content))
    if not together.get("intents"):
        raise ContentError("the grammar has no intents: write 'intents:' with their sentences")
    try:
        return Intents.from_dict(together)
    except MALFORMED as fault:
        raise ContentError(f"the grammar does not fit together ({_said(fault)}): mend that") from fault


def _checked(name: str, content: object) -> dict[str, Any]:
    """Return a file's content; raise `ContentError` if hassil cannot read it, without the other files."""
    if not isinstance(content, dict):
        raise ContentError(f"{name}: is no intent file: write 'language:' and 'intents:'")
    try:
        Intents.from_dict({"intents": {}, **content, "language": content["language"]})
    except MALFORMED as fault:
        raise ContentError(f"{name}: is no hassil intent file ({_said(fault)}): mend that") from fault
    return content


def _said(fault: Exception) -> str:
    return f"{fault} is missing" if isinstance(fault, KeyError) else f"{fault}" or type(fault).__name__


def any_graph(intents: Intents, context: Mapping[str, object]) -> WordGraph:
    """Return all that can be said in a context. Raises what `word_graph` does, or if that is nothing."""
    graph = graph_in(intents, context, "grammar", write=_as_json)
    if not graph.finals:
        raise ContentError(f"nothing can be said in the context {dict(context)!r}: see requires_context")
    skips = [tuple(words.lower().split()) for words in intents.skip_words if words.strip()]
    return with_skips(graph, skips) if skips else graph


def values_of(slots: Slots) -> dict[str, object]:
    """Return the slots of a reading of `any_graph` with their values, numbers as numbers."""
    return {name: json.loads(value) for name, value in slots}


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
