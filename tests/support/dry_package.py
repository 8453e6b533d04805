"""`flet build apk` without Flutter: the real tool's checks and arguments, up to where it needs an SDK.

    FLET_PYTHON_BUILD_MANIFEST=… python -m tests.support.dry_package APP

Prints as JSON what it would hand on; ends with the tool's own sentence where it would stop. It leans on
internals of flet-cli 1.0.5; the pin in requirements.txt and this file move together.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from flet_cli.commands import build
from flet_cli.commands.flutter_base import BaseFlutterCommand


class _Reached(Exception):
    """The tool is about to call Dart: everything before it is done."""


class _Silent:
    """In the place of the spinner that tells a person how far it is."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments, **_named: None


def dry_build(app: Path) -> dict[str, Any]:
    """What `flet build apk app` would pack, for which Python, with which permissions; or SystemExit."""
    command = build.Command(parser := argparse.ArgumentParser())
    handed_on: dict[str, Any] = {}

    def stop(_code: int, message: object = None, **_named: object) -> NoReturn:
        sys.exit(f"flet build stops: {message}")

    def call_dart(arguments: list[str], env: dict[str, str], **_named: object) -> NoReturn:
        handed_on.update(arguments=arguments, environment=env)
        raise _Reached

    BaseFlutterCommand.initialize_command = lambda _self: None  # looks for Flutter, Android's SDK and a JDK
    command.options = parser.parse_args(["apk", str(app)])
    command.target_platform, command.verbose, command.skip_flutter_doctor = "apk", 0, True
    command.status, command.update_status = _Silent(), lambda *_arguments, **_named: None
    command.cleanup, command.run = stop, call_dart
    command.dart_exe, command.flutter_exe = "dart", "flutter"
    command.env, command.flutter_dependencies = {}, {}
    command.no_rich_output = command.assume_yes = True
    command.initialize_command()
    command.validate_entry_point()
    command.setup_template_data()
    with contextlib.suppress(_Reached):
        command.package_python_app()
    template = command.template_data
    return {
        "python": command.python_release.short,
        "entry": command.python_module_filename,
        "permissions": template["options"]["android_permissions"],
        "product": template["product_name"],
        **handed_on,
    }


if __name__ == "__main__":
    print(json.dumps(dry_build(Path(sys.argv[1])), default=str))
