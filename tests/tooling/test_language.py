"""Names and docstrings use standard terms, so that a reader who knows Flask, SQL and trade statistics understands them.

The file of exceptions lists names that still break a rule, by package. It may only become shorter.
"""

import ast
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

EXCEPTIONS_FILE = Path(__file__).parent / "language_exceptions.json"
FOLDERS = ("service", "tradeflows", "tests/support", "bench", "tools")
MAX_MODULES_PER_FOLDER = 15
MAX_MODULES_PER_NAME = 2

TERMS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads((Path(__file__).parent / "language_terms.toml").read_text()).items()
}
QUESTION_WORDS = re.compile(r"(What|Who|Whom|Whose|Whoever|Whatever|Whether|How|Where|When|Which)\b")


class Violation(NamedTuple):
    """A name or docstring that breaks a rule, in a package such as service/api."""

    package: str
    name: str
    rule: str


def parse_modules(root: Path) -> dict[str, ast.Module]:
    return {
        path.relative_to(root).as_posix(): ast.parse(path.read_text())
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    }


def package_of(path: str) -> str:
    return "/".join(path.split("/")[:2])


def defined_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names of functions, classes, parameters and variables that a module defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def name_parts(name: str) -> list[str]:
    """Return the words of a name in lower case; camel case is split, underscores at both ends are ignored."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip("_")).lower().split("_")


def broken_rule(name: str) -> str | None:
    """Return the rule that a name breaks; null for a name in standard terms."""
    parts = name_parts(name)
    if name.startswith("__") or not parts[0]:
        return None
    if TERMS["banned_words"].intersection(parts):
        return "word outside of the field"
    if name.isupper() and TERMS["superlatives"].intersection(parts):
        return "bound without MAX_ or MIN_"
    if parts[-1] in TERMS["participles"] and parts[0] not in {"is", "are", "was", "were", "has"}:
        return "participle as a noun"
    ends = "_".join(parts[-2:]) in TERMS["standard_terms"] or (len(parts) > 1 and parts[-1] in TERMS["date_suffixes"])
    begins = "_".join(parts[:2]) in TERMS["standard_terms"]
    if (parts[-1] in TERMS["prepositions"] and not ends) or (parts[0] in TERMS["prepositions"] and not begins):
        return "preposition at one end"
    return None


def name_violations(path: str, tree: ast.AST) -> Iterator[Violation]:
    for name in sorted(set(defined_names(tree))):
        rule = broken_rule(name)
        if rule:
            yield Violation(package_of(path), name, rule)


def docstring_violations(path: str, tree: ast.AST) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            if QUESTION_WORDS.match(docstring):
                yield Violation(
                    package_of(path), getattr(node, "name", Path(path).stem), "docstring begins with a question word"
                )


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield the public names that a module defines at its top level; imported names are not defined there."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def repeated_names(modules: dict[str, ast.Module]) -> Iterator[Violation]:
    paths = defaultdict(list)
    for path, tree in modules.items():
        for name in sorted(set(public_names(tree))):
            paths[name].append(path)
    for name, places in paths.items():
        if len(places) > MAX_MODULES_PER_NAME and not name.startswith("_") and name not in TERMS["conventions"]:
            yield Violation("", name, "public name in more than two modules")


def crowded_folders(paths: list[str]) -> Iterator[Violation]:
    counts = defaultdict(int)
    for path in paths:
        folder, _, file = path.rpartition("/")
        counts[folder] += file != "__init__.py"
    for folder, count in counts.items():
        if count > MAX_MODULES_PER_FOLDER:
            yield Violation("", folder, "more than 15 modules")


def find_violations(root: Path) -> set[Violation]:
    modules = parse_modules(root)
    violations = {*repeated_names(modules), *crowded_folders(list(modules))}
    for path, tree in modules.items():
        violations.update(name_violations(path, tree), docstring_violations(path, tree))
    return violations


@pytest.fixture(scope="module")
def violations(pytestconfig):
    return find_violations(pytestconfig.rootpath)


def test_names_and_docstrings_use_standard_terms(violations):
    exceptions = {Violation(*entry) for entry in json.loads(EXCEPTIONS_FILE.read_text())}

    assert sorted(violations - exceptions) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("found_rows_kept", "participle as a noun"),
        ("is_known", None),
        ("published_on", None),
        ("of_keys", "preposition at one end"),
        ("parse_by", "preposition at one end"),
        ("goods", "word outside of the field"),
        ("LARGEST_BODY", "bound without MAX_ or MIN_"),
        ("TableGiven", "participle as a noun"),
        ("as_of", None),
        ("MAX_BODY_BYTES", None),
        ("figures_for_series", None),
        ("__exit__", None),
    ],
)
def test_a_name_is_judged_by_its_words(name, rule):
    assert broken_rule(name) == rule


@pytest.mark.parametrize(
    ("source", "count"), [('"""What comes after a page."""', 1), ('def f():\n    """Return a page."""', 0)]
)
def test_a_docstring_with_a_question_word_is_detected(source, count):
    assert len(list(docstring_violations("a.py", ast.parse(source)))) == count


def test_a_public_name_in_three_modules_is_detected():
    modules = {path: ast.parse("def rank(): pass\nORDER = 1") for path in ("a.py", "b.py", "c.py")}

    assert [violation.name for violation in repeated_names(modules)] == ["rank"]


def test_a_folder_with_16_modules_is_detected():
    paths = [f"a/b/m{n}.py" for n in range(16)]

    assert [violation.name for violation in crowded_folders([*paths, "a/b/__init__.py", "a/c.py"])] == ["a/b"]
