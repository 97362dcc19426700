"""What the journal is asked by voice, and what it answers."""

from __future__ import annotations

import pytest


@pytest.fixture
def remembered(night):
    """Three in the morning; two hours ago a cramp was eased by the calf stretch in thirty seconds."""
    night.it_is("2026-03-08T01:00+00:00")
    night.says("cramp", muscle="calf")
    night.waits(30)
    night.says("better")
    night.listens()
    night.says("stop")
    night.waits(7200 - night.now)
    return night


def test_cramps_are_counted(remembered):
    """One is counted for tonight, for the week and for the month that it is of."""
    assert remembered.says("count_cramps", period="tonight") == ["I have noted one cramp since this evening."]
    remembered.waits(86_400)
    assert remembered.says("count_cramps", period="tonight") == ["I have noted no cramp since this evening."]
    remembered.says("cramp")
    remembered.says("stop")
    assert remembered.says("count_cramps") == ["I have noted two cramps in the last seven days."]
    remembered.waits(8 * 86_400)
    assert remembered.says("count_cramps", period="month") == [
        "I have noted two cramps in the last thirty days."
    ]


def test_the_same_cramp_told_again_is_counted_once(night):
    """ "I have a cramp" in the middle of relief is no second cramp."""
    night.it_is("2026-03-08T01:00+00:00")
    night.says("cramp")
    night.waits(30)
    night.says("cramp")
    night.says("stop")
    assert night.says("count_cramps", period="tonight") == ["I have noted one cramp since this evening."]


def test_the_last_cramp_is_told_with_how_long_it_took(remembered):
    """To the hour, and to the minute."""
    assert remembered.says("last_cramp") == [
        "Your last cramp was today, around one in the morning.",
        "It took thirty seconds to ease.",
    ]


def test_what_helped_is_told(remembered):
    """The routine during which it was called better, and after how long."""
    assert remembered.says("what_helped") == ["Last time the calf stretch helped in thirty seconds."]


def test_nothing_is_made_up(night):
    """Without notes, and without a clock, it says so."""
    assert night.says("what_helped") == ["I have not noted yet what helped."]
    assert night.says("last_cramp") == ["I have no cramp in my notes."]
    assert night.says("count_cramps") == ["I do not know what time it is, so I cannot tell."]


def test_drinks_of_today_are_added_up(night):
    """In glasses, whatever they were drunk from, since midnight; nothing is told as nothing."""
    night.it_is("2026-03-08T21:00+00:00")
    assert night.says("drunk_today") == ["I have noted no drink today."]
    night.says("drank", vessel="sip", count="2", drink="water")
    assert night.says("drunk_today") == ["I have noted less than one glass today."]
    night.says("drank", vessel="mug", count="2", drink="tea")
    assert night.says("drunk_today") == ["I have noted about three glasses of drinks today."]
    night.waits(4 * 3600)
    night.says("drank", vessel="glass")
    assert night.says("drunk_today") == ["I have noted about one glass of drinks today."]


def test_many_drinks_are_no_number_that_is_heard_as_another(night):
    """Fifteen glasses are spelled: no thousands of milliliters, no fifty."""
    night.it_is("2026-03-08T12:00+00:00")
    for _ in range(5):
        night.says("drank", vessel="glass", count="3", drink="water")
    assert night.says("drunk_today") == ["I have noted about fifteen, one five, glasses of drinks today."]


def test_an_answer_that_nobody_waits_for_is_not_said(content):
    """ "Stop" while the journal is being asked: silence."""
    from assistant.dialogue import Dialogue, actions, events
    from assistant.dialogue.recall import LastCramp
    from assistant.values import Intent

    dialogue = Dialogue(content)

    def hear(name):
        return dialogue.handle(events.SpeechHeard(intent=Intent(name=name), started=1), 1)

    (asked,) = [action for action in hear("last_cramp") if isinstance(action, actions.Recall)]
    hear("stop")
    assert dialogue.handle(events.Recalled(id=asked.id, facts=LastCramp(at=None)), 2) == []


def test_the_summary_is_read_only_with_leave(remembered):
    """Others may hear it: it is asked first, and only a clear yes counts."""
    assert remembered.says("read_summary") == ["Others may hear it. Shall I read your summary aloud?"]
    remembered.listens()
    assert remembered.says("weak_yes") == ["I leave it as it is."]
    remembered.says("read_summary")
    remembered.listens()
    told = remembered.says("yes")
    assert len(" ".join(told).split()) > 20
    assert any("one cramp" in text.lower() for text in told), told


def test_the_last_entry_is_read_back_and_deleted_with_all_that_belongs_to_it(remembered):
    """After a yes it is gone for good; its words are nowhere in the file."""
    told = remembered.says("delete_last")
    assert told == [
        "Your last entry is a cramp, today, around one in the morning.",
        "Shall I delete it? It cannot be brought back.",
    ]
    remembered.listens()
    assert remembered.says("yes") == ["It is deleted."]
    assert remembered.says("last_cramp") == ["I have no cramp in my notes."]
    assert remembered.says("delete_last") == ["There is nothing in my notes to delete."]
    assert remembered.dialogue.state.helped is None
    assert remembered.dialogue.state.dues == []


@pytest.mark.parametrize("answer", ["no", "unsure", "weak_yes", "skip"])
def test_without_a_clear_yes_nothing_is_deleted(remembered, answer):
    """Also after silence."""
    remembered.says("delete_last")
    remembered.listens()
    assert remembered.says(answer) == ["I leave it as it is."]
    remembered.says("delete_last")
    remembered.listens()
    assert remembered.waits(30) == ["I leave it as it is."]
    assert remembered.says("count_cramps") == ["I have noted one cramp in the last seven days."]


def test_a_warning_sign_stands_although_everything_is_forgotten(remembered):
    """For safety it is kept until it expires; what was safe, and what was told of the person, is not."""
    remembered.says("symptom", question="q4")
    remembered.listens()
    remembered.says("yes")
    remembered.says("stop")
    danger = {name: one for name, one in remembered.dialogue.state.answers.items() if one.danger}
    assert "q4" in danger
    remembered.says("forget_all")
    for _ in range(2):
        remembered.listens()
        remembered.says("yes")
    assert remembered.says("count_cramps") == ["I have noted no cramp in the last seven days."]
    assert remembered.dialogue.state.answers == danger


def test_everything_is_forgotten_after_two_confirmations(remembered):
    """The second one can still be denied; after both, nothing is left in the files."""
    remembered.says("forget_all")
    remembered.listens()
    assert remembered.says("yes") == ["It cannot be brought back. Do you really want all of it erased?"]
    remembered.listens()
    assert remembered.says("no") == ["I leave it as it is."]
    assert remembered.says("count_cramps") == ["I have noted one cramp in the last seven days."]
    remembered.says("forget_all")
    remembered.listens()
    remembered.says("yes")
    remembered.listens()
    assert remembered.says("yes") == ["I have erased all my notes."]
    assert remembered.says("count_cramps") == ["I have noted no cramp in the last seven days."]
    remains = b"".join(path.read_bytes() for path in (remembered.archive.folder / "journal").iterdir())
    assert b"relief_calf" not in remains
    assert remembered.dialogue.state.helped is None


def test_the_log_is_exported_to_a_file_that_only_the_owner_can_read(remembered):
    """It says so in words; a second one on the same day does not replace the first."""
    for number in (1, 2):
        assert remembered.says("export_log") == [
            "I am writing your log to a file.",
            "Your whole log is in a file now.",
            "It is in the folder called exports, beside my notes. Only you can open it.",
        ]
        files = list((remembered.archive.folder / "exports").iterdir())
        assert len(files) == number
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        remembered.waits(5)


def test_what_is_asked_while_paused_leaves_the_stretch_to_resume(night):
    """A question about the diary is no end of relief."""
    night.says("cramp")
    night.says("pause")
    night.says("delete_last")
    night.listens()
    night.says("no")
    assert "resume" not in night.says("resume")
    assert night.mode == "guiding"


@pytest.mark.parametrize(
    ("asked", "yeses"), [("read_summary", 1), ("delete_last", 1), ("forget_all", 2), ("export_log", 0)]
)
def test_what_is_asked_in_a_pause_leaves_the_stretch_where_it_was(remembered, asked, yeses):
    """The stretch waits: "resume" goes on with it, also when the cramp that it was for is deleted."""
    remembered.says("cramp", muscle="calf")
    remembered.waits(20)
    remembered.says("pause")
    assert remembered.mode == "paused"
    remembered.says(asked)
    for _ in range(yeses):
        remembered.listens()
        remembered.says("yes")
    remembered.listens()
    remembered.says("resume")
    forgotten = asked == "forget_all"
    assert remembered.mode == ("idle" if forgotten else "guiding")
