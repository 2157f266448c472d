"""The wiring in hooks.py, read without Frappe: every name is set once, and all it points to exists."""

import ast
import re
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "support_retainer"
HOOKS = APP / "hooks.py"
DOTTED = re.compile(r"support_retainer(\.\w+){2,}")
WIRING = {key: value for key, value in runpy.run_path(str(HOOKS)).items() if not key.startswith("_")}


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)


def test_no_hook_is_set_twice():
    """The second would silently replace the first."""
    tree = ast.parse(HOOKS.read_text())
    targets = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]
    assert [name for name, times in Counter(targets).items() if times > 1] == []


@pytest.mark.parametrize("path", sorted({text for text in leaves(WIRING) if DOTTED.fullmatch(text)}))
def test_a_dotted_path_leads_to_a_function_or_class(path):
    module, function = path.rsplit(".", 1)
    folder = APP.parent / Path(*module.split("."))
    source = folder.with_suffix(".py") if folder.with_suffix(".py").exists() else folder / "__init__.py"
    kinds = (ast.FunctionDef, ast.ClassDef)
    defined = {node.name for node in ast.parse(source.read_text()).body if isinstance(node, kinds)}
    assert function in defined


@pytest.mark.parametrize("path", sorted({text for text in leaves(WIRING) if text.startswith("public/")}))
def test_a_script_is_there(path):
    assert (APP / path).is_file()
