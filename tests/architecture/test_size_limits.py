"""Modules and functions stay small enough to be read; ruff holds complexity to 10."""

import ast
from collections.abc import Iterator

MODULE_LINES = 400
FUNCTION_LINES = {"src": 40, "benchmarks": 60, "tests": 60}
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "misc"}


def modules(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The project's Python modules, scripts of other tools left out."""
    for path, text in texts.items():
        if path.endswith(".py") and path.split("/")[0] in FUNCTION_LINES:
            yield path, text


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_modules_are_short(texts):
    lengths = {path: len(text.splitlines()) for path, text in modules(texts)}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_are_short(texts):
    too_long = {}
    for path, text in modules(texts):
        for function in functions(text):
            lines = function.end_lineno - function.lineno + 1
            if lines > FUNCTION_LINES[path.split("/")[0]]:
                too_long[f"{path}:{function.lineno} {function.name}"] = lines
    assert too_long == {}


def test_every_module_is_named_for_what_it_does(texts):
    found = []
    for path, _ in modules(texts):
        names = path.removesuffix(".py").split("/")
        if any(name.strip("_") in NAMES_THAT_SAY_NOTHING for name in names):
            found.append(path)
    assert found == []
