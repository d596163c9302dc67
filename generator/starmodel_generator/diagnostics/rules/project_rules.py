"""Rules about a project: its configuration, its source files, its plugins, and what is written."""

from starmodel_generator.diagnostics.diagnostic import Rule

SYNTAX_ERROR = Rule(
    "SM001",
    "syntax-error",
    "error",
    explanation=(
        "A source file is not valid for the Python that StarModel runs on. Nothing is generated"
        " from a project whose source cannot be read whole."
    ),
)
UNKNOWN_KEY = Rule(
    "SM002",
    "unknown-config-key",
    "error",
    explanation=(
        "`[tool.starmodel]` has a key that StarModel does not know. A misspelt setting would"
        " silently count as not set."
    ),
)
INVALID_SETTING = Rule(
    "SM003",
    "invalid-setting",
    "error",
    explanation=("A setting has a value that it cannot have; the message says which ones it can."),
)
NO_CONFIGURATION = Rule(
    "SM004",
    "no-configuration",
    "error",
    explanation=(
        "There is no `[tool.starmodel]` in a `pyproject.toml` here or above. `starmodel init`"
        " makes a project that has one."
    ),
)
UNREADABLE_SOURCE = Rule(
    "SM005",
    "unreadable-source",
    "error",
    explanation=("A source file is there but cannot be opened."),
)
UNDECODABLE_SOURCE = Rule(
    "SM006",
    "undecodable-source",
    "error",
    explanation=(
        "A source file is not text in its encoding: UTF-8, unless its first lines say otherwise."
    ),
)
UNUSED_SUPPRESSION = Rule(
    "SM008",
    "unused-suppression",
    "warning",
    explanation=(
        "A comment `# starmodel: ignore[...]` silences a rule that says nothing there. Remove it,"
        " so that it does not hide what comes later."
    ),
)
UNKNOWN_OPERATION = Rule(
    "SM320",
    "unknown-operation",
    "error",
    explanation=(
        "A pattern of `mcp` fits no operation of the app. An operation is called after its entity"
        " and its event, in snake case: `counter.increment`, `product.find`; `counter.*` are all of"
        " an entity. `starmodel call` lists them."
    ),
)
TAKEN_PATH = Rule(
    "SM321",
    "taken-path",
    "error",
    explanation=(
        "What `mcp` or `jsonrpc` asks for has the path, or the file, of one of the app's entities."
        ' JSON-RPC may have another path, `jsonrpc = "/rpc"`; that of MCP is `/mcp`.'
    ),
)
HAND_EDITED = Rule(
    "SM701",
    "hand-edited-output",
    "error",
    explanation=(
        "A generated file is not as StarModel wrote it. Move the change into the entity or into a"
        " file of your own; `starmodel generate --force` overwrites it."
    ),
)
VERSION_SKEW = Rule(
    "SM703",
    "generator-version-skew",
    "warning",
    explanation=(
        "The tree was written by another version of StarModel than the one that runs. Install the"
        " same version everywhere, or run `starmodel generate` and commit what it changes."
    ),
)
FOREIGN = Rule(
    "SM704",
    "foreign-output",
    "error",
    explanation=(
        "A file that StarModel did not write stands where a generated one would go. It is never"
        " touched: move it, or choose another `output`. A file without the first line of generated"
        " files is one that StarModel did not write, whatever the manifest says of it."
    ),
)
UNSAFE_PATH = Rule(
    "SM705",
    "unsafe-output-path",
    "error",
    explanation=("A generated file would leave the project, by `..` or by a symbolic link."),
)
UNUSABLE_TARGET_FILE = Rule(
    "SM706",
    "unusable-target-file",
    "error",
    explanation=(
        "A target plugin gave a file that cannot be written: it lies outside of `output` and"
        " `client_output`, its name is none on every system, another file or folder has its path, or"
        " it is called `.py` and is not Python. The"
        " plugin's author has to mend it; until then, leave it out of `targets`."
    ),
)
NONDETERMINISTIC = Rule(
    "SM902",
    "plugin-nondeterministic",
    "error",
    explanation=(
        "A target plugin gave different files for the same schema. `--check` could never pass."
    ),
)
MISSING_TARGET = Rule(
    "SM903",
    "missing-target",
    "error",
    explanation=("The configuration names a target that no package provides."),
)
FAILING_TARGET = Rule(
    "SM904",
    "failing-target",
    "error",
    explanation=("A target plugin raised an exception; its author has to mend it."),
)
NOT_REMOVED = Rule(
    "SM905",
    "file-not-removed",
    "warning",
    explanation=(
        "The manifest names a file that nothing generates any more, and that StarModel does not"
        " remove: it lies outside of `output` and `client_output`, or its first line is not that of"
        " a generated file. It may be yours; delete it yourself if it is not needed."
    ),
)
OUT_OF_DATE = Rule(
    "SM906",
    "out-of-date-output",
    "error",
    explanation=(
        "`starmodel generate --check` found a generated file that is not what the entities give"
        " today: it is stale, missing, or nothing generates it any more. Run `starmodel generate`"
        " and commit what it changes."
    ),
)
