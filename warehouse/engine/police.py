"""What the reader may ask: decided on the engine's own reading of the text, never on the text alone.

Three fences stand behind each other: the reader role (tables), `readonly=1` (settings, writes) and this one,
for what neither stops: the functions and `INTO OUTFILE` that reach files, and system tables that show
other people's queries.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from iochub.warehouse.engine.failures import NOT_ALLOWED, Refusal
from iochub.warehouse.engine.statements import statement

Ask = Callable[[str, Mapping[str, str]], str]
"""Runs one statement with bound parameters and gives its lines."""

KINDS = frozenset(
    {
        "DescribeQuery", "ExistsDatabaseQuery", "ExistsTableQuery", "ExistsViewQuery", "Explain",
        "SelectIntersectExceptQuery", "SelectQuery", "SelectWithUnionQuery", "ShowColumns",
        "ShowCreateTableQuery", "ShowCreateViewQuery", "ShowFunctions", "ShowIndexes", "ShowTables",
    }
)  # fmt: skip
SHOWN = re.compile(r"SHOW (FULL )?(TABLES|DATABASES|SETTINGS|CHANGED SETTINGS)\b")
TABLE_FUNCTIONS = frozenset(
    {"generate_series", "generateseries", "null", "numbers", "numbers_mt", "values", "view"}
)
SYSTEM_TABLES = frozenset(
    {
        "aggregate_function_combinators", "collations", "columns", "data_type_families",
        "databases", "formats", "functions", "keywords", "numbers", "numbers_mt", "one", "settings",
        "table_engines", "table_functions", "tables", "time_zones", "zeros", "zeros_mt",
    }
)  # fmt: skip
REFUSED_CATEGORIES = ("AI", "Dictionary", "Embedded Dictionary", "Introspection", "Machine Learning")
REFUSED_FUNCTIONS = frozenset(
    {
        "currentrequesturl", "file", "filesystemavailable", "filesystemcapacity",
        "filesystemunreserved", "generateserialid", "getclienthttpheader", "getmacro",
        "getmergetreesetting", "getoskernelversion", "getserverport", "getserversetting",
        "hascolumnintable", "icebergtruncate", "joinget", "joingetornull", "serveruuid",
        "showcertificate", "sleep", "sleepeachrow", "tcpport", "zookeepersessionuptime",
    }
)  # fmt: skip
QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|\"(?:[^\"\\]|\\.|\"\")*\"", re.DOTALL)
IDENTIFIER_PARAMETER = re.compile(r"\{\s*\w+\s*:\s*Identifier\s*\}", re.IGNORECASE)
NODE = re.compile(r"^ *(?P<kind>[A-Za-z:]+)(?: (?P<name>.*?))?(?: \(alias .*\))?(?: \(children \d+\))?$")
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"})
REMEMBERED = 4096


@dataclass(frozen=True)
class Verdict:
    """Why a text is refused (empty: it is not), and whether it asks only for the list of settings."""

    refused: str
    lists_settings: bool = False


class Police:
    """Judges each text once and remembers it."""

    def __init__(self, refused_functions: Iterable[str], table_functions: Iterable[str]) -> None:
        self._functions = REFUSED_FUNCTIONS | {name.casefold() for name in refused_functions}
        self._table_functions = {name.casefold() for name in table_functions} - TABLE_FUNCTIONS
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()
        self._lock = Lock()

    def judge(self, text: str, parameters: Mapping[str, str], ask: Ask) -> Verdict:
        """Let a text pass, or say why not.

        Raises: Refusal 497 for what the reader may not ask; the caller acts.
        """
        with self._lock:
            known = self._verdicts.get(text)
        verdict = known or self._examine(text, parameters, ask)
        with self._lock:
            self._verdicts[text] = verdict
            self._verdicts.move_to_end(text)
            if len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)
        if verdict.refused:
            raise Refusal(NOT_ALLOWED, f"The reader may not use {verdict.refused}. (ACCESS_DENIED)")
        return verdict

    def _examine(self, text: str, parameters: Mapping[str, str], ask: Ask) -> Verdict:
        # The engine's formatter refuses several statements and drops comments.
        tidy = ask("SELECT formatQuerySingleLine({text:String})", {"text": text.translate(ESCAPED)}).strip()
        bare = QUOTED.sub("''", tidy)
        if statement(bare.encode()).writes_file:
            return Verdict("INTO OUTFILE")
        if IDENTIFIER_PARAMETER.search(bare):
            return Verdict("bound parameters of type Identifier")
        if bare.startswith("SHOW ") and not bare.startswith("SHOW CREATE ") and refused_show(bare):
            return Verdict("this SHOW statement")
        return self._read(ask("EXPLAIN AST " + text, parameters).splitlines())

    def _read(self, tree: list[str]) -> Verdict:
        nodes = [found for line in tree if (found := NODE.match(line))]
        if not nodes or nodes[0]["kind"] not in KINDS:
            return Verdict("this kind of statement")
        tables: set[str] = set()
        for node in nodes:
            kind, name = node["kind"], (node["name"] or "").split(" (alias ")[0]
            reason = self._reason(kind, name)
            if reason:
                return Verdict(reason)
            if kind == "TableIdentifier":
                tables.add(name)
        return Verdict("", lists_settings=tables == {"system.settings"})

    def _reason(self, kind: str, name: str) -> str:
        folded = name.casefold()
        if kind == "Function" and (folded in self._functions or folded in self._table_functions):
            return f"the function {name}"
        if kind == "Function" and folded.startswith(("__", "ai")):
            return f"the function {name}"
        # `arrayMap(file, …)` and `APPLY(file)` name a function without calling it.
        if kind == "Identifier" and folded in self._functions:
            return f"the function {name}"
        if kind == "ColumnsApplyTransformer":
            return "APPLY"
        # The engine holds no SETTINGS of a subquery against `readonly`; limits come with the URL instead.
        if kind == "Set":
            return "SETTINGS inside a statement; send them as parameters of the request"
        if kind in ("Identifier", "TableIdentifier") and folded.startswith("system."):
            return "" if folded.split(".")[1] in SYSTEM_TABLES else f"the table {name}"
        return ""


def refused_show(bare: str) -> bool:
    """SHOW PROCESSLIST, CLUSTERS, GRANTS and the like tell about the machine and other people."""
    return not (
        SHOWN.match(bare) or re.match(r"SHOW (EXTENDED )?(FULL )?(COLUMNS|FUNCTIONS|INDEXES)\b", bare)
    )


def new_police(ask: Ask) -> Police:
    """Learn from the engine itself which functions it has."""
    categories = ", ".join(f"'{name}'" for name in REFUSED_CATEGORIES)
    refused = ask(f"SELECT name FROM system.functions WHERE categories IN ({categories})", {})
    tables = ask(
        "SELECT name FROM system.table_functions WHERE name NOT IN (SELECT name FROM system.functions)", {}
    )
    return Police(refused.split(), tables.split())
