"""Settings come from four places, and a mistake is answered with its place and the remedy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import cli
from assistant.config import KEYS, Settings, default_file, flag, load
from assistant.errors import SettingsError
from assistant.values import Voice


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    """A missing file in the default place is no fault."""
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path)
    try:
        assert default_file() == tmp_path / "cramp-assistant/settings.toml"
        assert load({}, {}) == Settings()
    finally:
        os.environ.pop("XDG_CONFIG_HOME")
        os.environ.update({"XDG_CONFIG_HOME": before} if before else {})


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """Each place wins over the one before it, key by key, also inside the voice."""
    file = write(tmp_path, 'engine = "vosk"\nlocale = "uk"\n[voice]\nrate = 120\nvolume = 0.3\npause = 1\n')
    environment = {
        "CRAMP_LOCALE": "us",
        "CRAMP_VOICE_VOLUME": "0.4",
        "CRAMP_VOICE_PAUSE": "",
        "CRAMP_MODELS": "/m",
    }
    settings = load({"voice.volume": "0.5", "voice.rate": None}, environment, file)
    assert settings.engine == "vosk"
    assert settings.locale == "us"
    assert settings.voice == Voice(rate=120, volume=0.5, pause=1.0)


def test_every_key_can_be_set_in_the_file(tmp_path: Path) -> None:
    """What the file says is what the settings are; `~` is the home folder."""
    file = write(
        tmp_path,
        """
        language = "de"
        locale = "eu"
        engine = "moonshine"
        microphone = "USB"
        quiet_hours = "22:00-07:00"
        waking_hours = "15:00-06:30"
        claps = "knocks"
        loudspeaker = "Jabra"
        data_dir = "~/cramps"
        cache_dir = "/var/cache/cramps"
        voice = { name = "en-gb", rate = 140, volume = 1, pause = 0 }
        """,
    )
    assert load({}, {}, file) == Settings(
        language="de",
        locale="eu",
        engine="moonshine",
        microphone="USB",
        quiet_hours="22:00-07:00",
        waking_hours="15:00-06:30",
        claps="knocks",
        loudspeaker="Jabra",
        data_dir=Path.home() / "cramps",
        cache_dir=Path("/var/cache/cramps"),
        voice=Voice(name="en-gb", rate=140, volume=1.0, pause=0.0),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\nengin = "vosk"', "{file}:2: there is no setting 'engin': did you mean 'engine'?"),
        ("[voice]\nspeed = 2", "{file}:2: there is no setting 'voice.speed': did you mean "),
        ("rate = 120", "{file}:1: there is no setting 'rate': did you mean 'voice.rate'?"),
        ("colour = 1", "{file}:1: there is no setting 'colour': known are language, locale, engine, "),
        ('voice = "en"', "{file}:1: there is no setting 'voice': did you mean 'voice."),
        ("engine.name = 1", "{file}:1: there is no setting 'engine.name': did you mean "),
        ("claps = true", "{file}:1: claps is True: give 'off', 'claps' or 'knocks'"),
        ('engine = "kaldi"', "{file}:1: engine is 'kaldi': give 'auto', 'vosk' or 'moonshine'"),
        ("locale = 7", "{file}:1: locale is 7: give a valid string"),
        ("data_dir = 7", "{file}:1: data_dir is 7: give a folder"),
        ('microphone = ""', "{file}:1: microphone is '': "),
        ("\n\n[voice]\n# slow\nrate = 79", "{file}:5: voice.rate is 79: give a number from 80 to 300"),
        ("voice.rate = 301", "{file}:1: voice.rate is 301: give a number from 80 to 300"),
        ('voice = { rate = "fast" }', "{file}:1: voice.rate is 'fast': give a number from 80 to 300"),
        ("voice.rate = true", "{file}:1: voice.rate is True: give a number from 80 to 300"),
        ("voice.rate = 99.5", "{file}:1: voice.rate is 99.5: give a valid integer"),
        ("voice.volume = nan", "{file}:1: voice.volume is nan: give a number from 0.05 to 1"),
        ("voice.pause = inf", "{file}:1: voice.pause is inf: give a number from 0 to 3"),
        ("voice.name = []", "{file}:1: voice.name is []: give a valid string"),
        ('quiet_hours = "22"', "{file}:1: quiet_hours is '22': give two different times of day, from and"),
        ('waking_hours = "7-22"', "{file}:1: waking_hours is '7-22': give two different times of day, from "),
        ('\nwaking_hours = "08:00-08:00"', "{file}:2: waking_hours is '08:00-08:00': give two different"),
        ("waking_hours = 7", "{file}:1: waking_hours is 7: give two different times of day, from and until,"),
        ('\nengine = "vosk', "{file}:2: is not TOML: "),
        ("[voice", "{file}:"),
        ('engine = "auto"\nengine = "vosk"', "{file}:2: is not TOML: cannot overwrite a value"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_file_line_and_remedy(
    tmp_path: Path, text: str, message: str
) -> None:
    """The message begins with the place, names the value, and says what would be right."""
    file = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load({}, {}, file)
    assert str(caught.value).startswith(message.format(file=file))
    assert "\n" not in str(caught.value)


def test_a_mistake_in_environment_or_flags_is_told_by_its_name(tmp_path: Path) -> None:
    """The place that won is blamed, not the one that was right."""
    file = write(tmp_path, "voice.rate = 120")
    for flags, environment, message in (
        ({}, {"CRAMP_VOICE_RATE": "9"}, "CRAMP_VOICE_RATE: voice.rate is '9': give a number from 80 to 300"),
        ({}, {"CRAMP_ENGIN": "vosk"}, "CRAMP_ENGIN: there is no setting 'engin': did you mean 'engine'?"),
        ({"voice.rate": "9"}, {"CRAMP_VOICE_RATE": "120"}, "--voice-rate: voice.rate is '9': "),
        ({"data_dir": ""}, {}, "--data-dir: data_dir is '': give a folder"),
    ):
        with pytest.raises(SettingsError) as caught:
            load(flags, environment, file)
        assert str(caught.value).startswith(message)


def test_a_named_file_must_exist_and_be_readable(tmp_path: Path) -> None:
    """Missing, a folder, or not text: each says which file and which flag to check."""
    (tmp_path / "latin.toml").write_bytes(b'locale = "\xe9"')
    for path in (tmp_path / "missing.toml", tmp_path, tmp_path / "latin.toml"):
        with pytest.raises(SettingsError, match=r"check --config$") as caught:
            load({}, {}, path)
        assert str(caught.value).startswith(f"{path}: ")


def test_every_setting_is_a_flag_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line lists the settings itself, to answer --help quickly; here the lists are compared."""
    assert tuple(cli.FLAGS) == KEYS
    with pytest.raises(SystemExit):
        cli.main(["run", "--help"])
    listed = capsys.readouterr().out
    for key in KEYS:
        assert f"  {flag(key)} " in listed
