"""The rules of the house, applied to the whole repository; and each rule is shown a file that it must not let pass."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pedal.__main__ import build_parser
from tests import tidy
from tests.tidy import Source

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    *("pedal", "dsp", "hardware", "webui", "sync", "deploy", "systemd", "image", "tests", ".ci"),
    *(
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "NOTICE",
        "Makefile",
    ),
    *("pyproject.toml", "requirements.lock", "requirements-dev.lock", ".gitignore", ".gitattributes", "docs"),
}
TEXTS = {".sh", ".toml", ".service", ".conf", ".rules", ".js", ".css", ".html", ".sql", ".md"}
DOCUMENTS = ("README.md", "ARCHITECTURE.md")


@cache
def repository() -> set[str]:
    """Every file that is, or is about to be, under version control."""
    git = shutil.which("git")
    assert git, "the tidy test asks git which files are ours"
    command = [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {path for path in listed.split("\0") if path and (ROOT / path).is_file()}


def sources() -> list[Source]:
    return [
        Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in sorted(repository()) if path.endswith(".py")
    ]


def commands() -> list[str]:
    """The commands of ``pedal``, from the parser itself."""
    (choices,) = (
        action.choices for action in build_parser()._actions if action.dest == "==SUPPRESS==" and action.choices
    )
    return sorted(choices)


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", tidy.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_python_file_is_tidy(rule: Callable[[Source], list[str]]) -> None:
    assert [complaint for source in sources() for complaint in rule(source)] == []


def test_nothing_is_left_unfinished_in_any_language() -> None:
    written = [
        path for path in sorted(repository()) if Path(path).suffix in TEXTS or Path(path).name in {"Makefile", "run"}
    ]
    assert any(path.endswith(".sh") for path in written)
    found = [tidy.unfinished(Source(path, (ROOT / path).read_text(encoding="utf-8"))) for path in written]
    assert [complaint for complaints in found for complaint in complaints] == []


def test_there_is_something_to_look_at() -> None:
    assert {"dsp/types.py", "tests/test_tidy.py", "Makefile"} <= repository()


def test_sizes_worth_a_look_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    large = [line for source in sources() for line in tidy.long_file(source, tidy.FILE_LINES_AIM)]
    long = [line for source in sources() for line in tidy.long_function(source, tidy.FUNCTION_LINES_AIM)]
    with capsys.disabled():
        print("", *(f"note: {line.rpartition('; ')[0]}" for line in large + long), sep="\n")


def test_the_root_holds_only_what_belongs_there() -> None:
    assert tidy.strange_entry({path.split("/")[0] for path in repository()}, ALLOWED) == []


def test_the_readme_names_every_command() -> None:
    assert tidy.undocumented(document("README.md"), commands()) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_speak_of_targets_and_paths_that_exist(name: str) -> None:
    text = document(name)
    assert tidy.unknown_target(text, document("Makefile")) == []
    assert tidy.unknown_path(text, repository()) == []
    assert tidy.dead_link(text, repository()) == []


BODY = "    x = 1\n"
BAD: list[tuple[Callable[[Source], list[str]], str, str]] = [
    (tidy.long_file, "dsp/a.py", "x = 1\n" * 401),
    (tidy.long_function, "dsp/a.py", "def f():\n" + BODY * 70),
    (tidy.long_function, "dsp/a.py", "class A:\n    async def f(self):\n" + "        x = 1\n" * 70),
    (tidy.sleeping_test, "tests/dsp/test_a.py", "time.sleep(1)"),
    (tidy.sleeping_test, "tests/dsp/test_a.py", "async def f():\n    await asyncio.sleep(0.01)"),
    (tidy.sleeping_test, "tests/rigs/a.py", "from time import sleep\nsleep(x)"),
    (tidy.catch_all, "dsp/a.py", "try:\n    f()\nexcept:\n    pass"),
    (tidy.catch_all, "dsp/a.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (
        tidy.catch_all,
        "dsp/a.py",
        "try:\n    f()\nexcept (OSError, builtins.BaseException) as e:  # noqa: BLE001\n    g(e)",
    ),
    (tidy.misplaced_init, "tests/dsp/__init__.py", '"""Tests."""'),
    (tidy.misplaced_init, "systemd/__init__.py", ""),
    (tidy.talkative_init, "dsp/__init__.py", '"""Sound."""\nfrom dsp.types import Note'),
    (tidy.talkative_init, "dsp/__init__.py", ""),
    (tidy.unfinished, "dsp/a.py", "x = 1  # TO" + "DO: more"),
    (tidy.unfinished, "dsp/a.py", '"""FIX' + 'ME."""'),
    (tidy.unit_missing, "dsp/a.py", "class Note:\n    onset: float"),
    (tidy.unit_missing, "dsp/a.py", "class Note:\n    noise_level: float | None = None"),
    (tidy.unit_missing, "dsp/a.py", "def play(note, *, timeout: float = 1.0): ..."),
]
GOOD: list[tuple[Callable[[Source], list[str]], str, str]] = [
    (tidy.long_file, "dsp/a.py", "x = 1\n" * 400),
    (tidy.long_function, "dsp/a.py", "def f():\n" + BODY * 69),
    (tidy.sleeping_test, "tests/dsp/test_a.py", "async def f():\n    await asyncio.sleep(0)"),
    (tidy.sleeping_test, "pedal/a.py", "time.sleep(1)"),
    (tidy.catch_all, "dsp/a.py", "try:\n    f()\nexcept Exception:\n    g()\n    raise"),
    (
        tidy.catch_all,
        "dsp/a.py",
        "try:\n    f()\nexcept Exception:  # noqa: BLE001 - ends this worker, shown on the screen\n    g()",
    ),
    (tidy.catch_all, "dsp/a.py", "try:\n    f()\nexcept (OSError, ValueError):\n    pass"),
    (tidy.misplaced_init, "dsp/__init__.py", '"""Sound."""'),
    (tidy.talkative_init, "dsp/__init__.py", '"""Sound."""'),
    (tidy.unfinished, "dsp/a.py", "todo = []"),
    (tidy.unit_missing, "dsp/a.py", "class Note:\n    onset_s: float\n    level_dbfs: float\n    pitch: str"),
]


def named(case: object) -> str | None:
    return getattr(case, "__name__", None) or ""


@pytest.mark.parametrize(("rule", "path", "text"), BAD, ids=named)
def test_each_rule_can_fail(rule: Callable[[Source], list[str]], path: str, text: str) -> None:
    assert len(rule(Source(path, text))) == 1


@pytest.mark.parametrize(("rule", "path", "text"), GOOD, ids=named)
def test_each_rule_lets_good_code_pass(rule: Callable[[Source], list[str]], path: str, text: str) -> None:
    assert rule(Source(path, text)) == []


def test_every_rule_is_among_those_shown_to_fail() -> None:
    assert {rule for rule, _, _ in BAD} == set(tidy.PYTHON_RULES)


def test_the_document_rules_can_fail() -> None:
    assert tidy.undocumented("`pedal run` runs", ["run", "tune"]) == ["README.md does not say what `pedal tune` does"]
    makefile = "run: x\n\ttouch y\ntest: ## all\n"
    assert tidy.unknown_target("`make run`, `make fly`\n\nsudo make swim", makefile) == [
        "there is no `make fly`",
        "there is no `make swim`",
    ]
    assert tidy.unknown_target("to make sure that `make test ARGS=-x` runs", makefile) == []
    files = {"dsp/ear/notes.py", "image/layers/base/packages"}
    text = "`dsp/ear/notes.py` `dsp/` `image/layers` `dsp/gone.py` `image/none/` `and/or` `/dev/snd`"
    assert tidy.unknown_path(text, files) == ["there is no dsp/gone.py", "there is no image/none"]
    text = '[a](dsp/ear/notes.py) [b](GONE.md) [c](https://a.example/b) [d](#above) <img src="oled.png" width="1">'
    assert tidy.dead_link(text, files) == ["GONE.md leads nowhere", "oled.png leads nowhere"]
    assert tidy.strange_entry({"dsp", "scratch"}, {"dsp"}) == [
        "scratch does not belong into the root of the repository"
    ]
