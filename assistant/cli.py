"""The command line: ``cramp-assistant COMMAND``.

Every command returns its exit status: 0, or 1 when what it looked at is not all right. An `AssistantError`
is printed in one line and gives 2, as does a wrong argument; Ctrl-C gives 130.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import AssistantError, DeviceError, InstallError

# Commands import what they need when they run, so that --help answers at once.
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from assistant.config import Settings
    from assistant.sound.devices import Device

    Command = Callable[[Settings, argparse.Namespace], int]
    Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - it has no public name

NAME = "cramp-assistant"

FLAGS = {
    "language": "language of grammars and speech, such as 'en'",
    "locale": "whose emergency numbers to say, such as 'uk' or 'us'",
    "engine": "the recognizer: auto, vosk or moonshine",
    "voice.name": "the voice, by its name or language",
    "voice.rate": "words per minute, 80 to 300",
    "voice.volume": "loudness, 0.05 to 1",
    "voice.pause": "seconds of silence between sentences, 0 to 3",
    "rice_sock": "whether the homemade heat pack may be asked for: true or false",
    "microphone": "part of the microphone's name",
    "loudspeaker": "part of the loudspeaker's name",
    "echo": "who takes our voice out of the microphone: auto, own or device",
    "softest": "part of the volume down to which soft speech is answered softly, 0.1 to 1",
    "button": "GPIO pin of a button that calls for relief, 0 to 27",
    "claps": "whether two claps call for relief: off, claps, or knocks for knocks too",
    "quiet_hours": "when only alarms for safety ring, such as '22:00-07:00'",
    "waking_hours": "when it may ask about the night, such as '07:00-22:00'",
    "wake_phrase": "words needed after a while of silence, such as 'hello helper'",
    "diagnostics_days": "days for which faults and restarts are kept, 1 to 3650",
    "data_dir": "folder for the journal",
    "cache_dir": "folder for models and spoken sentences",
}
"""What is said about every setting; the names are those of `assistant.config.KEYS`."""

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parsed = parser().parse_args(arguments)
    try:
        status = int(parsed.command(_settings(parsed), parsed))
        sys.stdout.flush()
    except AssistantError as fault:
        print(f"{NAME}: {' '.join(str(fault).splitlines())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; the interpreter must not complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _settings(parsed: argparse.Namespace) -> Settings:
    from assistant import config

    flags = {key: getattr(parsed, key) for key in FLAGS}
    return config.load(flags, os.environ, parsed.config)


class Parser(argparse.ArgumentParser):
    """Complains in one line that says where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}: see {self.prog} --help\n")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog=NAME, description="A hands-free, offline voice assistant for leg cramps.", allow_abbrev=False
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _conversations(commands)
    _inspections(commands)
    _models(commands)
    _journal(commands)
    _content(commands)
    _report(commands)
    return top


def _add(commands: Commands, name: str, command: Command, text: str) -> Parser:
    """Add a command with its help and the flags that all commands share."""
    added = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False
    )
    added.set_defaults(command=command)
    shared = added.add_argument_group("settings", "They win over the environment and the settings file.")
    shared.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings file in TOML, instead of ~/.config/cramp-assistant/settings.toml",
    )
    for key, meaning in FLAGS.items():
        flag = "--" + key.replace(".", "-").replace("_", "-")
        shared.add_argument(flag, dest=key, metavar=key.rpartition(".")[2].upper(), help=meaning)
    return added


def _group(commands: Commands, name: str, text: str) -> Commands:
    group = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False
    )
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True)


def _conversations(commands: Commands) -> None:
    _add(commands, "run", run, "converse by voice, or by keyboard where there is no sound card")

    by_keyboard = _add(commands, "talk", talk, "converse by keyboard, in the same words")
    by_keyboard.add_argument("--script", type=_file, metavar="FILE", help="read what is typed from a file")
    by_keyboard.add_argument("--wav", type=Path, metavar="FILE", help="also write what is said to a WAV file")

    replay = _add(
        commands,
        "simulate",
        simulate,
        "drive the assistant with a recorded conversation, faster than real time",
    )
    replay.add_argument("conversation", type=_file, metavar="FILE", help="the conversation")
    replay.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="where sound, transcript and picture are written (default: here)",
    )


def _inspections(commands: Commands) -> None:
    _add(commands, "devices", devices, "list microphones and loudspeakers")
    _add(commands, "check", check, "try sound, recognizer, voice, disk and clock, and say what is wrong")
    decode = _add(commands, "recognize", recognize, "decode recordings under any grammar, as lines of JSON")
    decode.add_argument(
        "--grammar",
        type=_path,
        action="append",
        required=True,
        metavar="FILE",
        help="intent file in hassil's format, or a folder of them; may be given again",
    )
    decode.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what holds, for requires_context and excludes_context; may be given again",
    )
    decode.add_argument(
        "sounds", nargs="+", metavar="WAV", help="WAV or FLAC files, folders of them, or - for names on stdin"
    )
    measure = _add(commands, "bench", bench, "measure accuracy, speed and memory")
    measure.add_argument(
        "--audio", type=Path, metavar="FOLDER", help="also on recordings with a manifest.tsv"
    )
    measure.add_argument(
        "--docs", type=Path, metavar="FOLDER", help="write tables and pictures into the pages there"
    )


def _content(commands: Commands) -> None:
    group = _group(commands, "content", "check what the assistant says, or add to it")
    look = _add(
        group, "check", content_check, "name every fault of the content, and what nobody has reviewed"
    )
    look.add_argument(
        "files", nargs="*", type=_file, metavar="FILE", help="files to check among the shipped ones"
    )
    pages = _add(group, "docs", content_docs, "write the triage table and the sources as pages for reading")
    pages.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="of the repository (default: here)"
    )
    kinds = _group(group, "new", "begin something new")
    routine = _add(kinds, "routine", content_new_routine, "write a valid routine to edit")
    routine.add_argument("name", metavar="NAME", help="small letters, such as chair_stretch")
    routine.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where to (default: among the shipped routines)"
    )


def _models(commands: Commands) -> None:
    group = _group(commands, "models", "list, fetch or verify the recognizers' models")
    _add(group, "list", models_list, "list the models and which of them are installed")
    for name, command, text, default in (
        ("fetch", models_fetch, "download a model and check it", "the one for the language"),
        ("verify", models_verify, "check models against their checksums", "all that are installed"),
    ):
        one = _add(group, name, command, text)
        one.add_argument(
            "model", nargs="?", metavar="MODEL", help=f"as `models list` names it (default: {default})"
        )


def _journal(commands: Commands) -> None:
    group = _group(commands, "journal", "read, keep and erase what the assistant wrote down")
    listing = _add(group, "list", _bookkeeping("list_entries"), "list what happened, oldest first")
    listing.add_argument("--kind", metavar="KIND", help="only entries of this kind")
    one = _add(group, "show", _bookkeeping("show"), "show one entry and what belongs to it")
    one.add_argument("id", type=int, metavar="ID", help="the number of the entry in `journal list`")
    for name, function, text, meaning in (
        ("export", "export", "write everything to a file that can be read and imported", "a new file"),
        ("import", "bring", "add the entries of an exported file, all or none", "the exported file"),
        ("backup", "backup", "copy the journal file, also while it is in use", "a new file"),
    ):
        added = _add(group, name, _bookkeeping(function), text)
        added.add_argument("file", type=Path, metavar="FILE", help=meaning)
    erasing = _add(group, "delete", _bookkeeping("delete"), "erase one entry, or everything, for good")
    erasing.add_argument("id", type=int, nargs="?", metavar="ID", help="the number of the entry")
    erasing.add_argument("--everything", action="store_true", help="erase the whole journal")
    _add(group, "verify", _bookkeeping("verify"), "look for damage and malformed entries")


def _bookkeeping(name: str) -> Command:
    """Return a command of the journal; its module is loaded when the command runs."""

    def command(settings: Settings, parsed: argparse.Namespace) -> int:
        from assistant import bookkeeping

        run: Command = getattr(bookkeeping, name)
        return run(settings, parsed)

    return command


def _path(name: str) -> Path:
    path = Path(name)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file or folder {name!r}")
    return path


def _report(commands: Commands) -> None:
    page = _add(commands, "report", report, "write the page for the doctor, or export its facts")
    page.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="where it is written")
    page.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day (default: 14 days)")
    page.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day (default: today)")
    page.add_argument(
        "--format",
        choices=("pdf", "html", "csv", "json", "fhir"),
        help="what is written (default: by the file's ending; csv with .zip: every table)",
    )
    page.add_argument(
        "--paper", choices=("a4", "letter"), help="of a PDF (default: letter in the us and ca, else a4)"
    )
    page.add_argument("--worry", metavar="TEXT", help="the main worry, in your own words")
    page.add_argument("--noticed", type=_told, metavar="DATE", help="when it began, such as 2026-10 or 2025")
    page.add_argument("--force", action="store_true", help="replace the file if it exists")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it like 2026-11-23") from None


def _told(text: str) -> str:
    from assistant.report.dates import Told

    if Told.read(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it like 2026-11-23, 2026-11 or 2026")
    return text


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {name!r}")
    return path


def run(settings: Settings, _: argparse.Namespace) -> int:
    from assistant.runtime.live import run

    return run(settings)


def talk(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant.runtime.talk import talk

    return talk(settings, wav=parsed.wav, script=parsed.script)


def simulate(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant.runtime.simulate import simulate

    return simulate(settings, parsed.conversation, parsed.out)


def bench(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant.bench import bench

    return bench(settings, parsed.audio, parsed.docs)


def recognize(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant.recognize import recognize

    return recognize(settings, parsed.grammar, parsed.context, parsed.sounds)


def devices(_: Settings, __: argparse.Namespace) -> int:
    from assistant.sound.devices import devices

    found = devices()
    for device in found:
        _print_device("microphone", device, device.inputs, default=device.default_input)
        _print_device("loudspeaker", device, device.outputs, default=device.default_output)
    if not found:
        print("no sound device was found: connect one, or converse by keyboard with `cramp-assistant talk`")
    return 0 if found else 1


def _print_device(role: str, device: Device, channels: int, *, default: bool) -> None:
    if channels:
        print(
            f"{role:<12} {device.name} ({device.host_api}, {device.rate} Hz){', default' if default else ''}"
        )


def check(settings: Settings, _: argparse.Namespace) -> int:
    from assistant.check import check

    return check(settings)


def models_list(_: Settings, __: argparse.Namespace) -> int:
    from assistant import models

    for model, folder in models.list_models():
        print(f"{model.name:<28} {folder or 'not installed'}\n{'':<28} {model.about} ({model.license})")
    return 0


def models_fetch(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant import models

    names = (
        [parsed.model]
        if parsed.model
        else [
            model.name for model in models.manifest() if model.archive and model.language == settings.language
        ]
    )
    if not names:
        raise InstallError(
            f"there is no model to download for {settings.language!r}: name one of `models list`"
        )
    for name in names:
        print(f"{name} is installed in {models.fetch(name)}")
    return 0


def models_verify(_: Settings, parsed: argparse.Namespace) -> int:
    from assistant import models

    installed = [model.name for model, folder in models.list_models() if folder]
    for name in [parsed.model] if parsed.model else installed:
        faults = models.verify(name)
        if faults:
            more = f" and {len(faults) - 1} more" if faults[1:] else ""
            raise InstallError(f"{faults[0]}{more}: remove its folder and fetch or install it again")
        print(f"{name} is as published")
    return 0


def content_docs(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant import pages

    for path in pages.write(parsed.out, settings.language):
        print(f"wrote {path}")
    return 0


def content_check(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant import authoring

    found = authoring.every_fault(settings.language, parsed.files)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        return 2
    for line in authoring.signatures(settings.language, date.today(), parsed.files):  # noqa: DTZ011 (a calendar)
        print(line)
    print("no fault was found")
    return 0


def content_new_routine(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant import authoring
    from assistant.data import content_folder

    path = authoring.new_routine(parsed.name, parsed.to or content_folder(settings.language) / "routines")
    print(f"{path} is a valid routine: edit it, then run: {NAME} content check {path}")
    print(f'ask for it by its name: "start the {parsed.name.replace("_", " ")}"')
    return 0


def report(settings: Settings, parsed: argparse.Namespace) -> int:
    from assistant.journal.store import Journal
    from assistant.report import command

    now = datetime.now().astimezone()
    order = command.Order(
        path=parsed.out,
        format=command.format_of(parsed.out, parsed.format),
        paper=parsed.paper or command.PAPERS.get(settings.locale, "a4"),
        language=settings.language,
        replace=parsed.force,
    )
    span = command.span(parsed.first, parsed.last, now)
    journal = Journal(settings.data_dir)
    if not journal.path.exists():
        print(f"nothing was written down yet in {settings.data_dir}")
        return 1
    command.prepare(order)
    diary = journal.diary(*span)
    if journal.failing:
        raise DeviceError(journal.failing)
    gc.freeze()  # ten years of cramps stay to the end: nobody need look again and again whether they can go
    command.report(order, command.in_their_words(diary, parsed.worry, parsed.noticed), now.date())
    print(f"wrote {order.path}")
    return 0
