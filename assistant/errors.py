"""Every exception of the project, split by who must act.

AssistantError
├── SettingsError    the user: a setting, a flag or a file they named is wrong
├── ContentError     the content author: a grammar or content file is wrong (file, line, remedy)
├── InstallError     the installer: a model, a library or a system package is missing or damaged
├── DeviceError      the user: a microphone, loudspeaker or disk does not do what it should
└── EngineError      us: a recognizer or synthesizer failed; the supervisor restarts it

A message says what happened, the value with ``!r``, and what to do; lower case, no full stop.
The command line prints it and exits with status 2.
"""


class AssistantError(Exception):
    """Base of all errors that the command line reports in one line."""


class SettingsError(AssistantError):
    """A setting, flag or named file is wrong."""


class ContentError(AssistantError):
    """A grammar or content file is wrong."""


class InstallError(AssistantError):
    """A model, library or system package is missing or damaged."""


class DeviceError(AssistantError):
    """A microphone, loudspeaker or disk does not do what it should."""


class EngineError(AssistantError):
    """A recognizer or synthesizer failed."""
