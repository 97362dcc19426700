"""The one table of what each intent does in each mode.

House rules: every transition on speech is a row here. A (mode, intent) without a row is answered like
speech that was not understood. A row names every mode that can follow, and the tests hold it to that.
The diagram in ``docs/dialogue.md`` is drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.dialogue import (
    commands,
    correcting,
    drinking,
    interviewing,
    placing,
    presence,
    profiling,
    remembering,
    reminding,
    sleeping,
    telling,
)
from assistant.dialogue.state import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

    Handler = Callable[[Turn, Intent], None]

IDLE, GUIDING, PAUSED, ASKING = Mode.IDLE, Mode.GUIDING, Mode.PAUSED, Mode.ASKING
ASLEEP = Mode.ASLEEP
ANY = (IDLE, GUIDING, PAUSED, ASKING)
ACTIVE = (GUIDING, PAUSED)
SAME = ()
"""Nothing but the mode it was in."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one intent does in some modes."""

    intent: str
    modes: tuple[Mode, ...]
    handler: Handler
    to: tuple[Mode, ...] = SAME
    """Modes that may follow."""


ROWS = (
    # Relief and help: always, also while speaking. A locked stretch says why, and leaves the floor.
    Row("cramp", ANY, commands.cramp, (GUIDING, IDLE)),
    Row("emergency", ANY, commands.emergency, (IDLE,)),
    Row("help", ANY, commands.help_me, (ASKING, IDLE)),
    Row("symptom", ANY, commands.symptom, (ASKING, IDLE)),
    Row("screen", ANY, commands.screen, (ASKING, IDLE)),
    Row("cramp", (ASLEEP,), commands.cramp, (GUIDING, IDLE)),
    Row("emergency", (ASLEEP,), commands.emergency, (IDLE,)),
    Row("help", (ASLEEP,), commands.help_me, (ASKING, IDLE)),
    # Asleep: nothing else is heard.
    Row("sleep", ANY, sleeping.sleep, (ASLEEP, ASKING, IDLE)),
    Row("wake", (ASLEEP,), sleeping.wake, (IDLE, ASKING)),
    Row("stop", (ASLEEP,), sleeping.still),
    # The course of things.
    Row("stop", ANY, commands.stop, (IDLE,)),
    Row("enough", (ASKING,), commands.enough, (IDLE,)),
    Row("pause", (GUIDING,), commands.pause, (PAUSED,)),
    Row("pause", (IDLE, PAUSED, ASKING), commands.pause),
    Row("resume", (IDLE, *ACTIVE), commands.resume, (GUIDING, ASKING, IDLE)),
    Row("resume", (ASKING,), commands.resume),
    Row("start", ANY, commands.start, (GUIDING, ASKING, IDLE)),
    Row("next", ACTIVE, commands.next_step, (GUIDING, ASKING, IDLE)),
    Row("back", ACTIVE, commands.back, (GUIDING,)),
    Row("back", (ASKING,), commands.previous_question),
    Row("unreachable", ACTIVE, commands.unreachable, (GUIDING,)),
    Row("other_leg", (IDLE, *ACTIVE), commands.other_leg, (GUIDING, IDLE)),
    # How it is.
    Row("better", ANY, commands.better, (GUIDING, ASKING, IDLE)),
    Row("worse", ANY, commands.worse, (GUIDING, ASKING, IDLE)),
    # The voice, and what can be asked of it.
    Row("louder", ANY, commands.louder),
    Row("quieter", ANY, commands.quieter),
    Row("slower", ANY, commands.slower),
    Row("faster", ANY, commands.faster),
    Row("repeat", ANY, commands.repeat),
    Row("how_long", ANY, commands.how_long),
    Row("what_can_i_say", ANY, commands.what_can_i_say, (ASKING,)),
    Row("are_you_there", (IDLE, PAUSED), presence.are_you_there),
    Row("who_are_you", (IDLE, PAUSED), presence.who_are_you),
    Row("what_time", (IDLE, PAUSED), presence.what_time),
    Row("privacy", (IDLE, PAUSED), presence.privacy),
    # What was written down; the answer comes when the journal has it.
    Row("count_cramps", (IDLE, PAUSED), remembering.count_cramps, (ASKING,)),
    Row("last_cramp", (IDLE, PAUSED), remembering.last_cramp, (ASKING,)),
    Row("what_helped", (IDLE, PAUSED), remembering.what_helped, (ASKING,)),
    Row("drunk_today", (IDLE, PAUSED), remembering.drunk_today, (ASKING,)),
    Row("read_summary", (IDLE, PAUSED), remembering.read_summary, (ASKING,)),
    Row("delete_last", (IDLE, PAUSED), remembering.delete_last, (ASKING,)),
    Row("export_log", (IDLE, PAUSED), remembering.export_log),
    Row("forget_all", (IDLE, PAUSED), remembering.forget_all, (ASKING,)),
    Row("good_morning", (IDLE, PAUSED), interviewing.good_morning, (ASKING,)),
    # What can be asked about cramps: a longer answer only where nobody is being stretched.
    Row("topic", (IDLE, PAUSED), telling.topic, (ASKING, IDLE)),
    Row("topic", (GUIDING,), telling.topic_in_pain),
    Row("tell_more", (IDLE, PAUSED), telling.more),
    Row("source", ANY, telling.source),
    # What was offered: a yes is heard as what it accepts (`offering.meant`).
    Row("no", (IDLE,), commands.late_answer, (ASKING,)),
    Row("yes", (IDLE,), commands.late_answer, (ASKING,)),
    # What somebody tells about themselves, and what they drink.
    Row("set_profile", (IDLE, PAUSED), profiling.set_up, (ASKING,)),
    Row("fact", (IDLE, PAUSED), profiling.told, (ASKING,)),
    Row("no_fact", (IDLE, PAUSED), profiling.denied, (ASKING,)),
    Row("age", (IDLE, PAUSED), profiling.chosen),
    Row("usual", (IDLE, PAUSED), profiling.chosen),
    Row("read_profile", (IDLE, PAUSED), profiling.read, (ASKING,)),
    Row("delete_profile", (IDLE, PAUSED), profiling.delete, (ASKING,)),
    Row("forget_fact", (IDLE, PAUSED), profiling.forget, (ASKING,)),
    Row("drank", (IDLE, PAUSED), drinking.drank),
    # Heat on the skin: its questions go before what is beneath them, and give the floor back to it.
    Row("off", (IDLE, *ACTIVE), commands.off),
    Row("off", (ASKING,), commands.off, (IDLE, GUIDING, PAUSED)),
    Row("end_heat", ANY, commands.end_heat, (ASKING,)),
    Row("correct", (ASKING,), commands.correct, (GUIDING, PAUSED, IDLE, ASLEEP)),
    Row("correct", ACTIVE, correcting.note_side),
    # Where we are: whom to call.
    Row("place", (IDLE, ASKING), placing.told, (ASKING,)),
    # Timers and reminders.
    Row("set_timer", (IDLE,), reminding.set_timer),
    Row("set_interval", (IDLE,), reminding.set_interval),
    Row("set_daily", (IDLE,), reminding.set_daily),
    Row("cancel_timer", (IDLE,), reminding.cancel, (ASKING,)),
    Row("pause_timer", (IDLE,), reminding.pause),
    Row("resume_timer", (IDLE,), reminding.go_on),
    Row("extend_timer", (IDLE,), reminding.extend),
    Row("list_timers", (IDLE,), reminding.list_timers),
    Row("thanks", (IDLE, PAUSED), reminding.thanks, (ASKING,)),
    # Answers, and who is done with the questions.
    Row("thanks", (ASKING,), interviewing.thanks, (GUIDING, PAUSED, IDLE)),
    *(
        Row(name, (ASKING,), commands.answer, (GUIDING, PAUSED, IDLE, ASLEEP))
        for name in ("yes", "weak_yes", "no", "weak_no", "unsure", "pain", "same", "standing", "sitting")
    ),
    *(
        Row(name, (ASKING,), commands.answer, (GUIDING, PAUSED, IDLE))
        for name in ("skip", "since", "age", "usual")
    ),
    *(Row(name, (ASKING,), commands.answer, (IDLE,)) for name in ("side", "onset", "trigger", "hours")),
)

CALM = frozenset({"what_can_i_say", "topic", "drank", "wake"})
"""Intents of somebody who has time: behind them leave may be asked to ask about the night."""

TABLE = {(mode, row.intent): row for row in ROWS for mode in row.modes}


def diagram() -> str:
    """Return the table as a Mermaid state diagram, one arrow a pair of modes."""
    arrows: dict[tuple[Mode, Mode], list[str]] = {}
    for row in ROWS:
        for before, after in _moves(row):
            arrows.setdefault((before, after), []).append(row.intent)
    lines = ["stateDiagram-v2", "    [*] --> idle"]
    lines += [
        f"    {before.value} --> {after.value}: {', '.join(dict.fromkeys(intents))}"
        for (before, after), intents in arrows.items()
    ]
    return "\n".join(lines) + "\n"


def _moves(row: Row) -> Iterator[tuple[Mode, Mode]]:
    for before in row.modes:
        for after in row.to:
            if after is not before:
                yield before, after
