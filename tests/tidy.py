"""The rules of the house that no linter knows: pure functions, text in, complaints out. test_tidy.py applies them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

FILE_LINES_MAX, FILE_LINES_AIM = 400, 250
FUNCTION_LINES_MAX, FUNCTION_LINES_AIM = 70, 40

# A float whose name ends in one of these says nothing about its unit; `level_dbfs` and `onset_s` do.
QUANTITIES = {
    *("age", "delay", "deadline", "duration", "elapsed", "interval", "latency", "offset", "onset", "period", "time"),
    *("timeout", "timestamp", "freq", "frequency", "tempo", "hum", "level", "loudness", "threshold", "volume"),
}
NUMBERS = {"float", "float | None"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: ``path`` relative to the repository, with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
        """Every function with its number of lines, decorators not counted."""
        for node in ast.walk(self.tree):
            if isinstance(node, FUNCTIONS):
                yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def long_file(source: Source, limit: int = FILE_LINES_MAX) -> list[str]:
    lines = len(source.text.splitlines())
    return [f"{source.path} has {lines} lines; at most {limit}"] if lines > limit else []


def long_function(source: Source, limit: int = FUNCTION_LINES_MAX) -> list[str]:
    return [
        f"{source.path}:{node.lineno} {node.name} has {lines} lines; at most {limit}"
        for node, lines in source.functions()
        if lines > limit
    ]


def sleeping_test(source: Source) -> list[str]:
    """A test waits for an event with a deadline, or holds the clock. ``asyncio.sleep(0)`` only lets others run."""
    if not source.path.startswith("tests/") or source.path.startswith("tests/bench/"):
        return []
    return [
        f"{source.path}:{node.lineno} sleeps"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and _last_name(node.func) == "sleep" and not _is_zero(node.args)
    ]


def _last_name(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def _is_zero(arguments: list[ast.expr]) -> bool:
    return len(arguments) == 1 and isinstance(arguments[0], ast.Constant) and arguments[0].value == 0


def catch_all(source: Source) -> list[str]:
    """Catching everything hides the fault that matters: raise again, or say in that line why this is the boundary."""
    lines = source.text.splitlines()
    return [
        f"{source.path}:{node.lineno} catches everything, without raising it again and without a reason in that line"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        and _catches_all(node.type)
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        and not _reason(lines[node.lineno - 1])
    ]


def _catches_all(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or _last_name(one) in {"Exception", "BaseException"} for one in kinds)


def _reason(line: str) -> bool:
    """Whether a comment is left when the codes of linters are taken away."""
    comment = line.partition("#")[2]
    return bool(re.sub(r"#|noqa(: *[A-Z0-9, ]+)?|type: ignore(\[[^]]*\])?", "", comment).strip(" -–:"))


def misplaced_init(source: Source) -> list[str]:
    """In tests/ it hides the package of the same name; in systemd/ it makes ``import systemd`` succeed falsely."""
    folder, _, name = source.path.rpartition("/")
    forbidden = folder.split("/")[0] in {"tests", "systemd", "image", "deploy"}
    return [f"{source.path} must not be: this folder is not a package"] if name == "__init__.py" and forbidden else []


def talkative_init(source: Source) -> list[str]:
    """A package's ``__init__`` is its docstring: purpose, what it may import, what is always true here."""
    if not source.path.endswith("__init__.py"):
        return []
    body = source.tree.body
    only_docstring = len(body) == 1 and ast.get_docstring(source.tree) is not None
    return [] if only_docstring else [f"{source.path} is more, or less, than a docstring"]


def unfinished(source: Source) -> list[str]:
    lines = enumerate(source.text.splitlines(), 1)
    return [
        f"{source.path}:{number} is unfinished: {line.strip()}" for number, line in lines if UNFINISHED.search(line)
    ]


def unit_missing(source: Source) -> list[str]:
    """Floats in classes and in parameters whose name is a quantity without its unit."""
    return [
        f"{source.path}:{line} {name}: in which unit? ({name}_s, _ms, _hz, _db, _dbfs, _cents, _samples, ...)"
        for name, annotation, line in _declared(source.tree)
        if ast.unparse(annotation) in NUMBERS and name.rpartition("_")[2] in QUANTITIES
    ]


def _declared(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    yield field.target.id, field.annotation, field.lineno
        elif isinstance(node, FUNCTIONS):
            every = node.args
            for argument in (*every.posonlyargs, *every.args, *every.kwonlyargs):
                if argument.annotation is not None:
                    yield argument.arg, argument.annotation, argument.lineno


PYTHON_RULES = (
    long_file,
    long_function,
    sleeping_test,
    catch_all,
    misplaced_init,
    talkative_init,
    unfinished,
    unit_missing,
)


def undocumented(readme: str, commands: list[str]) -> list[str]:
    """Every command is named in the README as one would type it."""
    return [f"README.md does not say what `pedal {name}` does" for name in commands if f"pedal {name}" not in readme]


def unknown_target(text: str, makefile: str) -> list[str]:
    """``make X`` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    mentioned = re.findall(r"`(?:sudo )?make ([a-z-]+)|^(?:sudo )?make ([a-z-]+)", text, re.MULTILINE)
    return [f"there is no `make {name}`" for name in sorted({a or b for a, b in mentioned} - targets)]


def unknown_path(text: str, files: set[str]) -> list[str]:
    """A path in backticks that starts with a folder of ours exists, as a file or a folder."""
    known = files | {folder for path in files for folder in _folders(path)}
    tops = {path.split("/")[0] for path in files if "/" in path}
    mentioned = {path.rstrip("/") for path in re.findall(r"`([\w.-]+/[\w./-]*)`", text)}
    return [f"there is no {path}" for path in sorted(mentioned - known) if path.split("/")[0] in tops]


def _folders(path: str) -> list[str]:
    cuts = [i for i, (a, _) in enumerate(pairwise(path)) if a == "/"]
    return [path[:cut] for cut in cuts]


def dead_link(text: str, files: set[str]) -> list[str]:
    """Links and pictures that stay within the repository lead to a file of it."""
    links = re.findall(r'\]\(([^)#\s]+)|<img src="([^"]+)"', text)
    local = {a or b for a, b in links if not re.match(r"[a-z]+:", a or b)}
    return [f"{link} leads nowhere" for link in sorted(local - files)]


def strange_entry(names: set[str], allowed: set[str]) -> list[str]:
    """Nothing lies about in the root of the repository."""
    return [f"{name} does not belong into the root of the repository" for name in sorted(names - allowed)]
