"""A jurisdiction 法域: its folder, the folders it extends, and everything in them, checked.

The nearest folder wins, whole file by relative path. Policies are chosen by date among the
editions of a key. Loading collects the problems of all files before it gives up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from pydantic import Field

from huiqi.rules import typed
from huiqi.rules.checker import SIZE_FORMULA, Scope
from huiqi.rules.codes import CodeTree
from huiqi.rules.errors import ExpressionError, NotInForce
from huiqi.rules.jurisdiction_files import JurisdictionFiles, ProfileModel
from huiqi.rules.lowering import Moment
from huiqi.rules.policy import Policy, load_parameter, load_policy
from huiqi.rules.policy_model import ParametersFile, Strict
from huiqi.rules.registration import RegistrationKinds, load_registration_kinds
from huiqi.rules.size import SizeStandard, load_size_standard
from huiqi.rules.strict_yaml import Document, Path_
from huiqi.rules.suggestions import suggest
from huiqi.rules.texts import load_texts
from huiqi.rules.validation import validate
from huiqi.rules.vocabulary import Confidence, FactDefinition, Vocabulary, VocabularyModel
from huiqi.rules.workdays import WorkCalendar, load_calendar

_CODE_TABLES = {"industry": "codes/industries.csv", "area": "codes/areas/*.csv"}


class AreaGroupModel(Strict):
    name: str
    members: list[str] = Field(min_length=1)
    basis: str
    source: str
    confidence: Confidence
    note: str | None = None


class AreaGroupsFile(Strict):
    groups: list[AreaGroupModel]


@dataclass(frozen=True, eq=False)
class Jurisdiction:
    """Everything the rules of one place need; immutable once loaded."""

    profile: ProfileModel
    chain: tuple[Path, ...]
    """Folders, nearest first."""

    vocabulary: Vocabulary
    calendar: WorkCalendar
    parameters: Mapping[str, typed.Parameter]
    registration_kinds: RegistrationKinds
    size_standards: tuple[SizeStandard, ...]
    policies: tuple[Policy, ...]
    """Every edition of every policy, by key and start."""

    texts: Mapping[str, str]
    _moments: dict[date, Moment] = field(default_factory=dict)

    def moment(self, on: date) -> Moment:
        """The rules' view of a day: calendar and size standard in force."""
        if on not in self._moments:
            sizes = [s for s in self.size_standards if s.model.valid.contains(on)]
            self._moments[on] = Moment(on, self.calendar, sizes[0] if sizes else None)
        return self._moments[on]

    def size_standard(self, on: date) -> SizeStandard:
        """The size standard in force on a day. Raises NotInForce."""
        sizes = self.moment(on).sizes
        if not isinstance(sizes, SizeStandard):
            raise NotInForce(f"{on} 没有施行的企业划型标准")
        return sizes

    def in_force(self, on: date) -> tuple[Policy, ...]:
        """Policies in force on a day, one edition each."""
        return tuple(policy for policy in self.policies if policy.in_force(on))

    def policy(self, key: str, on: date) -> Policy:
        """The edition of a policy in force on a day.

        Raises NotInForce, or LookupError for a key that no policy has.
        """
        editions = [policy for policy in self.policies if policy.key == key]
        if not editions:
            known = {policy.key for policy in self.policies}
            raise LookupError(f"没有“{key}”这项政策{suggest(key, sorted(known))}")
        for policy in editions:
            if policy.in_force(on):
                return policy
        spans = "；".join(
            f"{p.model.valid.from_ or '…'} 至 {p.model.valid.to or '…'}" for p in editions
        )
        raise NotInForce(f"“{editions[0].title}”在 {on} 不在有效期内（有效期：{spans}）")


def load_jurisdiction(root: Path, code: str, extra_policies: Iterable[Path] = ()) -> Jurisdiction:
    """Load a jurisdiction from the folder ``root`` holding all of them.

    ``extra_policies``: more policy files, which win over the folder's by policy key.
    Raises DefinitionError with every problem found.
    """
    return _Loader(JurisdictionFiles(root, code)).load(list(extra_policies))


class _Loader:
    """Builds the parts, each from what was built before."""

    def __init__(self, files: JurisdictionFiles) -> None:
        self.files = files

    def load(self, extra_policies: list[Path]) -> Jurisdiction:
        vocabulary = self._vocabulary()
        self.files.stop_if_wrong()
        parameters = self._parameters()
        standards = self._size_standards(vocabulary)
        policies = self._policies(vocabulary, parameters, extra_policies)
        kinds = self._registration_kinds(vocabulary)
        texts = self._texts()
        self.files.stop_if_wrong()
        calendar = self.files.table("calendar/holidays.csv", lambda paths: load_calendar(paths[0]))
        return Jurisdiction(
            self.files.profile,
            self.files.chain,
            vocabulary,
            calendar,
            parameters,
            kinds,
            standards,
            policies,
            texts,
        )

    # --- vocabulary --------------------------------------------------------------------------

    def _vocabulary(self) -> Vocabulary:
        trees = {
            name: self.files.table(pattern, partial(CodeTree.from_csv, name))
            for name, pattern in _CODE_TABLES.items()
        }
        facts: dict[str, FactDefinition] = {}
        places: dict[str, tuple[Document, int]] = {}
        words: dict[str, str] = {}
        for document in self.files.documents("vocabulary/*.yaml"):
            model = self.files.attempt(partial(validate, document, VocabularyModel))
            if model is None:
                continue
            for index, entry in enumerate(model.facts):
                tree = trees[entry.tree] if entry.tree else None
                facts[entry.key] = FactDefinition(entry, model.topic, tree, len(facts))
                places[entry.key] = document, index
                for word in {entry.key, entry.name, *entry.aliases}:
                    if word in words:
                        message = f"“{word}”已用于事实“{words[word]}”"
                        self.files.problems.append(document.problem(("facts", index), message))
                    words[word] = entry.name
        vocabulary = Vocabulary(facts, trees, self._area_groups(trees["area"]))
        self._check_derived(vocabulary, places)
        return vocabulary

    def _check_derived(
        self, vocabulary: Vocabulary, places: Mapping[str, tuple[Document, int]]
    ) -> None:
        """Formulas of derived facts, whether or not a policy uses them."""
        scope = Scope(vocabulary)
        for key, (document, index) in places.items():
            fact = vocabulary[key]
            if not fact.model.derived or fact.model.derived == SIZE_FORMULA:
                continue
            try:
                scope.derived(fact)
            except ExpressionError as error:
                problem = document.problem(("facts", index, "derived"), error.described())
                self.files.problems.append(problem)

    def _area_groups(self, areas: CodeTree) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        for folder in reversed(self.files.chain):
            document = self.files.read(folder / "profile.yaml")
            for name, code in validate(document, ProfileModel).aliases.items():
                self._known_areas(document, ("aliases", name), (code,), areas)
                groups[name] = (code,)
            path = folder / "codes" / "area_groups.yaml"
            if not path.is_file():
                continue
            document = self.files.read(path)
            for index, group in enumerate(validate(document, AreaGroupsFile).groups):
                self._known_areas(document, ("groups", index), group.members, areas)
                groups[group.name] = tuple(group.members)
        return groups

    def _known_areas(
        self, document: Document, path: Path_, codes: Iterable[str], areas: CodeTree
    ) -> None:
        unknown = [code for code in codes if code not in areas]
        if unknown:
            message = f"{'、'.join(unknown)} 不在行政区划表中"
            self.files.problems.append(document.problem(path, message))

    # --- the rest ----------------------------------------------------------------------------

    def _parameters(self) -> dict[str, typed.Parameter]:
        found: dict[str, typed.Parameter] = {}
        for document in self.files.documents("parameters/*.yaml"):
            model = self.files.attempt(partial(validate, document, ParametersFile))
            for name, series in (model.parameters if model else {}).items():
                try:
                    if name in found:
                        raise ExpressionError(f"参数“{name}”在另一个文件里已经有了")
                    found[name] = load_parameter(name, series)
                except ExpressionError as error:
                    problem = document.problem(("parameters", name), error.described())
                    self.files.problems.append(problem)
        return found

    def _registration_kinds(self, vocabulary: Vocabulary) -> RegistrationKinds:
        for document in self.files.documents("codes/registration_kinds.yaml"):
            kinds = self.files.attempt(partial(load_registration_kinds, document, vocabulary))
            if kinds is not None:
                return kinds
        return RegistrationKinds({})

    def _size_standards(self, vocabulary: Vocabulary) -> tuple[SizeStandard, ...]:
        found: list[SizeStandard] = []
        for document in self.files.documents("size/*.yaml"):
            standard = self.files.attempt(partial(load_size_standard, document, vocabulary))
            if standard is None:
                continue
            for other in found:
                if standard.model.valid.overlaps(other.model.valid):
                    message = f"与 {other.document.file} 的有效期重叠，一天只能有一个划型标准"
                    self.files.problems.append(document.problem(("valid",), message))
            found.append(standard)
        return tuple(found)

    def _policies(
        self,
        vocabulary: Vocabulary,
        parameters: Mapping[str, typed.Parameter],
        extra: list[Path],
    ) -> tuple[Policy, ...]:
        found: dict[str, list[Policy]] = {}
        for document in self.files.documents("policies/*.yaml"):
            policy = self.files.attempt(partial(load_policy, document, vocabulary, parameters))
            if policy is not None:
                self._add_edition(found, policy)
        own: dict[str, list[Policy]] = {}
        for path in extra:
            policy = self.files.attempt(partial(self._extra, path, vocabulary, parameters))
            if policy is not None:
                self._add_edition(own, policy)
        found.update(own)
        editions = [policy for key in sorted(found) for policy in found[key]]
        return tuple(sorted(editions, key=lambda p: (p.key, p.model.valid.from_ or date.min)))

    def _extra(
        self, path: Path, vocabulary: Vocabulary, parameters: Mapping[str, typed.Parameter]
    ) -> Policy:
        return load_policy(self.files.read(path), vocabulary, parameters)

    def _add_edition(self, found: dict[str, list[Policy]], policy: Policy) -> None:
        for other in found.get(policy.key, []):
            if policy.model.valid.overlaps(other.model.valid):
                message = f"与 {other.document.file} 是同一政策，有效期却重叠"
                self.files.problems.append(policy.document.problem(("valid",), message))
        found.setdefault(policy.key, []).append(policy)

    def _texts(self) -> dict[str, str]:
        folders = reversed(self.files.chain)
        paths = [path for folder in folders for path in sorted(folder.glob("texts/*.yaml"))]
        return load_texts(self.files.read(path) for path in paths)
