"""What is installed elsewhere is whole."""

from pathlib import Path

from tests.support import wheels

PACKAGES = ("app", "board_templates", "local", "monday_sandbox", "workers")


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    wheels.copy_tracked(tmp_path / "copy", *PACKAGES, "pyproject.toml", "README.md", "requirements")
    wheel = wheels.build(tmp_path / "copy", tmp_path / "wheels")
    expected = {str(path) for path in wheels.tracked_files(*PACKAGES)}
    assert wheels.names_in(wheel) == expected - {"monday_sandbox/pyproject.toml"}
