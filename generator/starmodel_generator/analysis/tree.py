"""What analysis asks of libcst's tree, which holds every character of a text.

Nodes are walked by plain recursion over the fields that hold code. White space, brackets and
commas are left out, and no metadata is worked out: that would cost more than parsing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias, cast

import libcst as cst

FunctionNode: TypeAlias = cst.FunctionDef
SmallOrCompound: TypeAlias = cst.BaseSmallStatement | cst.BaseCompoundStatement

# In the order of the text. Names, annotations and type parameters hold no code that runs.
_FIELDS: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.AnnAssign: ("target", "value"),
    cst.Arg: ("value",),
    cst.AsName: ("name",),
    cst.Assert: ("test", "msg"),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.Attribute: ("value",),
    cst.AugAssign: ("target", "value"),
    cst.Await: ("expression",),
    cst.BinaryOperation: ("left", "right"),
    cst.BooleanOperation: ("left", "right"),
    cst.Call: ("func", "args"),
    cst.ClassDef: ("decorators", "bases", "keywords", "body"),
    cst.CompFor: ("target", "iter", "ifs", "inner_for_in"),
    cst.CompIf: ("test",),
    cst.Comparison: ("left", "comparisons"),
    cst.ComparisonTarget: ("comparator",),
    cst.ConcatenatedString: ("left", "right"),
    cst.Decorator: ("decorator",),
    cst.Del: ("target",),
    cst.Dict: ("elements",),
    cst.DictComp: ("key", "value", "for_in"),
    cst.DictElement: ("key", "value"),
    cst.Element: ("value",),
    cst.Else: ("body",),
    cst.ExceptHandler: ("type", "body"),
    cst.ExceptStarHandler: ("type", "body"),
    cst.Expr: ("value",),
    cst.Finally: ("body",),
    cst.For: ("target", "iter", "body", "orelse"),
    cst.FormattedString: ("parts",),
    cst.FormattedStringExpression: ("expression", "format_spec"),
    cst.From: ("item",),
    cst.FunctionDef: ("decorators", "params", "returns", "body"),
    cst.GeneratorExp: ("elt", "for_in"),
    cst.If: ("test", "body", "orelse"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.IndentedBlock: ("body",),
    cst.Index: ("value",),
    cst.Lambda: ("params", "body"),
    cst.List: ("elements",),
    cst.ListComp: ("elt", "for_in"),
    cst.Match: ("subject", "cases"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.MatchAs: ("pattern",),
    cst.MatchClass: ("cls", "patterns", "kwds"),
    cst.MatchKeywordElement: ("pattern",),
    cst.MatchList: ("patterns",),
    cst.MatchMapping: ("elements",),
    cst.MatchMappingElement: ("key", "pattern"),
    cst.MatchOr: ("patterns",),
    cst.MatchOrElement: ("pattern",),
    cst.MatchSequenceElement: ("value",),
    cst.MatchTuple: ("patterns",),
    cst.MatchValue: ("value",),
    cst.Module: ("body",),
    cst.NamedExpr: ("target", "value"),
    cst.Param: ("default",),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.Raise: ("exc", "cause"),
    cst.Return: ("value",),
    cst.Set: ("elements",),
    cst.SetComp: ("elt", "for_in"),
    cst.SimpleStatementLine: ("body",),
    cst.SimpleStatementSuite: ("body",),
    cst.Slice: ("lower", "upper", "step"),
    cst.StarredDictElement: ("value",),
    cst.StarredElement: ("value",),
    cst.Subscript: ("value", "slice"),
    cst.SubscriptElement: ("slice",),
    cst.TemplatedString: ("parts",),
    cst.TemplatedStringExpression: ("expression", "format_spec"),
    cst.Try: ("body", "handlers", "orelse", "finalbody"),
    cst.TryStar: ("body", "handlers", "orelse", "finalbody"),
    cst.Tuple: ("elements",),
    cst.UnaryOperation: ("expression",),
    cst.While: ("test", "body", "orelse"),
    cst.With: ("items", "body"),
    cst.WithItem: ("item", "asname"),
    cst.Yield: ("value",),
}
_NAMED_CONSTANTS = {"None": None, "True": True, "False": False}
_LITERALS = frozenset(
    {
        cst.ConcatenatedString,
        cst.Ellipsis,
        cst.Float,
        cst.Imaginary,
        cst.Integer,
        cst.Name,
        cst.SimpleString,
    }
)
_SEQUENCES = (list, tuple)
_NOTHING = cst.MaybeSentinel.DEFAULT
_EMPTY_MODULE = cst.Module([])


def children_of(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the nodes right below a node that may hold code, in the order of the text."""
    children: list[cst.CSTNode] = []
    for name in _FIELDS.get(type(node), ()):
        child = getattr(node, name)
        # Asking whether it is a node takes long: libcst's classes are abstract ones.
        if isinstance(child, _SEQUENCES):
            children += child
        elif child is not None and child is not _NOTHING:
            children.append(child)
    return children


# Below these, `target` or `name` is what a statement stores to.
_STORING = frozenset(
    {
        cst.AnnAssign,
        cst.AsName,
        cst.AssignTarget,
        cst.AugAssign,
        cst.CompFor,
        cst.Del,
        cst.For,
        cst.NamedExpr,
    }
)
_UNPACKED = frozenset({cst.Tuple, cst.List, cst.Element, cst.StarredElement})


def children_with_targets(node: cst.CSTNode, *, stored: bool) -> list[tuple[cst.CSTNode, bool]]:
    """Return the children of a node, each with whether it is assigned to, bound or deleted.

    `stored` says the same of the node: what is unpacked hands it on to its elements.
    """
    children = children_of(node)
    if stored and type(node) in _UNPACKED:
        return [(child, True) for child in children]
    if type(node) in _STORING:
        target: object = getattr(node, "name" if isinstance(node, cst.AsName) else "target")
        return [(child, child is target) for child in children]
    return [(child, False) for child in children]


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a node and all below it that may hold code, in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += reversed(children_of(current))


def statements_of(body: cst.BaseSuite | cst.Module) -> Iterator[SmallOrCompound]:
    """Yield the statements of a body, those that share a line one by one."""
    for statement in body.body:
        if type(statement) is cst.SimpleStatementLine:
            yield from statement.body
        else:
            yield cast(SmallOrCompound, statement)


class Constant(NamedTuple):
    """The value of a literal."""

    value: object


def constant_of(node: cst.CSTNode | None) -> Constant | None:
    """Return the value of `None`, a bool, a number, a text, bytes or `...`; else `None`.

    Adjacent strings are joined; one with replacement fields is no constant.
    """
    if type(node) not in _LITERALS:
        return None
    match node:
        case cst.Name(value=name):
            return Constant(_NAMED_CONSTANTS[name]) if name in _NAMED_CONSTANTS else None
        case cst.Integer() | cst.Float() | cst.Imaginary() | cst.SimpleString():
            return Constant(node.evaluated_value)
        case cst.ConcatenatedString():
            return _joined_strings(node)
        case cst.Ellipsis():
            return Constant(...)
        case _:
            return None


def _joined_strings(node: cst.ConcatenatedString) -> Constant | None:
    left, right = constant_of(node.left), constant_of(node.right)
    if left is None or right is None:
        return None
    if isinstance(left.value, bytes) and isinstance(right.value, bytes):
        return Constant(left.value + right.value)
    return Constant(cast(str, left.value) + cast(str, right.value))


def text_of(node: cst.CSTNode | None) -> str | None:
    """Return the text that a string literal stands for; `None` for anything else."""
    constant = constant_of(node)
    return constant.value if constant is not None and isinstance(constant.value, str) else None


def is_none(node: cst.CSTNode | None) -> bool:
    """Return whether an expression is missing or `None`."""
    return node is None or constant_of(node) == Constant(None)


def dotted_name(node: cst.CSTNode | None) -> str | None:
    """Return `a.b.c` where that is what the node says, else `None`."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name) or node.value in _NAMED_CONSTANTS:
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))


def last_name(node: cst.CSTNode | None) -> str | None:
    """Return `c` of `c` or of `anything.c`, else `None`."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else None


def index_items(node: cst.Subscript) -> list[cst.CSTNode]:
    """Return what stands between the brackets of a subscript, its commas aside."""
    items: list[cst.CSTNode] = []
    for element in node.slice:
        index = element.slice
        is_plain = isinstance(index, cst.Index) and index.star is None
        items.append(cast(cst.Index, index).value if is_plain else index)
    if len(items) == 1 and isinstance(items[0], cst.Tuple):
        return [starred_or_value(element) for element in items[0].elements]
    return items


def starred_or_value(element: cst.BaseElement) -> cst.CSTNode:
    """Return what an element of a list, a tuple or a set holds; the element itself for `*x`."""
    return element if isinstance(element, cst.StarredElement) else element.value


_LINE_BREAKS = re.compile(
    r"""(?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<break>[ \t\f]*(?:\#[^\n]*|\\)?\n(?:[ \t\f]*(?:\#[^\n]*|\\)?\n)*[ \t\f]*)""",
    re.DOTALL,
)
_AFTER_BRACKET = re.compile(r"([(\[{])\n")
_BEFORE_BRACKET = re.compile(r",?\n(?=[)\]}])")


def source_of(node: cst.CSTNode) -> str:
    """Return the source of a node without brackets around it, put on one line."""
    if isinstance(node, cst.BaseExpression) and not isinstance(node, cst.Tuple | cst.GeneratorExp):
        node = node.with_changes(lpar=(), rpar=()) if node.lpar else node
    if isinstance(node, cst.Arg | cst.StarredElement):
        node = node.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    code = _EMPTY_MODULE.code_for_node(node)
    if "\n" not in code:
        return code
    code = _LINE_BREAKS.sub(_on_one_line, code)
    return _BEFORE_BRACKET.sub("", _AFTER_BRACKET.sub(r"\1", code)).replace("\n", " ")


def _on_one_line(match: re.Match[str]) -> str:
    string = match["string"]
    return "\n" if string is None else string.replace("\\\n", "").replace("\n", "\\n")
