"""The repository stands by itself: no trace of one machine, sources named, documents true."""

import re
import subprocess
import tomllib

import pytest

READMES = ["README.md", "README.zh-CN.md"]
# Written so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users)(?:/|\b)")
PACKAGE_HOST = re.compile(r"[p]ypi\.org|[p]ythonhosted|registry\.[n]pm|deb\.[d]ebian")
UNFINISHED = re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b")
SILENCED = re.compile(r"#\s*(?:type: ignore\[[^]]+\]|noqa: [A-Z0-9, ]+?)\s*(?P<reason>.*)$")


def lines_with(texts, pattern, *folders):
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts.items()
        if path.startswith(folders or "")
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_path_of_a_machine(texts):
    assert lines_with(texts, MACHINE_PATH) == []


def test_no_host_of_a_package_registry(texts):
    assert lines_with(texts, PACKAGE_HOST) == []


def test_nothing_is_left_for_later(texts):
    assert lines_with(texts, UNFINISHED, "src/", "tests/", "benchmarks/", "jurisdictions/") == []


def test_no_merge_is_left_half_done(texts):
    assert lines_with(texts, re.compile(r"^(?:<{7} |>{7} )")) == []


def test_a_silenced_check_says_why(texts):
    found = []
    for path, text in texts.items():
        if not path.endswith(".py"):
            continue
        above = ""
        for number, line in enumerate(text.splitlines(), 1):
            match = SILENCED.search(line)
            if match and not match["reason"].strip(" #-") and not above.strip().startswith("#"):
                found.append(f"{path}:{number}")
            above = line
    assert found == []


def test_the_lock_files_pin_everything_with_hashes(root):
    for lock in sorted((root / "requirements").glob("*.txt")):
        entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
        packages = [entry for entry in entries if not entry.startswith("#")]
        assert packages
        for package in packages:
            assert re.match(r"[a-z0-9-]+==\S+", package), package
            assert "--hash=sha256:" in package, package


def test_each_dependency_is_locked(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {"run": project["project"]["dependencies"], **project["dependency-groups"]}
    wanted["run"] = wanted["run"] + wanted.pop("build")
    for name, requirements in wanted.items():
        lock = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
        asked = {re.match(r"[\w-]+", text)[0].lower() for text in requirements}
        assert asked <= pinned, name


def test_each_table_says_where_it_is_from(files, root):
    unexplained = []
    for table in files:
        inside = table.relative_to(root).parts
        if inside[0] == "jurisdictions" and table.suffix == ".csv":
            note = table.parent / "PROVENANCE.md"
            if not note.is_file() or table.name not in note.read_text(encoding="utf-8"):
                unexplained.append("/".join(inside))
    assert unexplained == []


def test_each_definition_with_law_in_it_names_its_source(texts):
    kinds = ("vocabulary", "size", "parameters", "policies")
    definition = re.compile(rf"jurisdictions/[^/]+/(?:{'|'.join(kinds)})/.+\.yaml")
    definitions = [path for path in texts if definition.fullmatch(path)]
    assert [path for path in definitions if "source: " not in texts[path]] == []


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_only_what_exists(name, root, texts):
    text = texts[name]
    commands = set(re.findall(r"\bhuiqi ([a-z]+)", text))
    assert commands <= {path.stem for path in (root / "src/huiqi/commands").glob("*.py")}
    targets = set(re.findall(r"^([a-z-]+):.*##", texts["Makefile"], re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (root / link).exists()] == []


def test_the_documents_every_project_has(files, root):
    present = {path.relative_to(root).as_posix() for path in files}
    wanted = {"LICENSE", "NOTICE", "CHANGELOG.md", "CONTRIBUTING.md", "docs/glossary.md", *READMES}
    assert wanted <= present
    assert "Apache License" in (root / "LICENSE").read_text(encoding="utf-8")


def test_files_of_others_are_what_the_lock_says(root):
    answer = subprocess.run(
        [root / "scripts/vendor", "check"], check=False, capture_output=True, text=True
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_one_version(root, texts):
    version = tomllib.loads(texts["pyproject.toml"])["project"]["version"]
    assert f'__version__ = "{version}"' in texts["src/huiqi/__init__.py"]
    assert f"## [{version}]" in texts["CHANGELOG.md"]
