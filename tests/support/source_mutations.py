"""Source with one mistake in it: what slips of the hand, forgotten and moved lines make of it."""

import ast
import random
import sys
import warnings
from collections.abc import Callable
from copy import deepcopy
from types import ModuleType

Mutation = Callable[[ast.Module, random.Random], None]


def misspell_name(tree: ast.Module, random: random.Random) -> None:
    """Leave a letter out of one name where it is used."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and len(node.id) > 1]
    node = random.choice(nodes)
    node.id = _without_a_letter(node.id, random)


def misspell_attribute(tree: ast.Module, random: random.Random) -> None:
    """Leave a letter out of the name behind a dot."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    node = random.choice(nodes)
    node.attr = _without_a_letter(node.attr, random)


def misspell_text(tree: ast.Module, random: random.Random) -> None:
    """Leave a letter out of a text."""
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 1
    ]
    node = random.choice(nodes)
    assert isinstance(node.value, str)
    node.value = _without_a_letter(node.value, random)


def misspell_keyword(tree: ast.Module, random: random.Random) -> None:
    """Leave a letter out of the name of an argument."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg]
    node = random.choice(nodes)
    assert node.arg is not None
    node.arg = _without_a_letter(node.arg, random)


def misspell_import(tree: ast.Module, random: random.Random) -> None:
    """Leave a letter out of what is imported."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    alias = random.choice([alias for node in nodes for alias in node.names])
    alias.name, alias.asname = _without_a_letter(alias.name, random), alias.asname or alias.name


def forget_import(tree: ast.Module, random: random.Random) -> None:
    """Leave out one imported name."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    node = random.choice(nodes)
    if len(node.names) == 1:
        tree.body.remove(node)
    else:
        node.names.remove(random.choice(node.names))


def import_for_checkers(tree: ast.Module, random: random.Random) -> None:
    """Put an import under `if TYPE_CHECKING:`."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    node = random.choice(nodes)
    place = tree.body.index(node)
    block = ast.If(ast.Name("TYPE_CHECKING", ast.Load()), [node], [])
    head = ast.ImportFrom("typing", [ast.alias("TYPE_CHECKING")], 0)
    tree.body[place : place + 1] = [head, block]


def forget_statement(tree: ast.Module, random: random.Random) -> None:
    """Leave out one statement."""
    body = _body(tree, random)
    if len(body) > 1:
        body.remove(random.choice(body))


def repeat_statement(tree: ast.Module, random: random.Random) -> None:
    """Write one statement twice."""
    body = _body(tree, random)
    body.insert(random.randrange(len(body) + 1), deepcopy(random.choice(body)))


def move_statement(tree: ast.Module, random: random.Random) -> None:
    """Move one statement elsewhere in its block."""
    body = _body(tree, random)
    node = random.choice(body)
    body.remove(node)
    body.insert(random.randrange(len(body) + 1), node)


def forget_decorator(tree: ast.Module, random: random.Random) -> None:
    """Leave out one decorator."""
    decorators = random.choice(_decorated(tree))
    decorators.remove(random.choice(decorators))


def move_decorator(tree: ast.Module, random: random.Random) -> None:
    """Put decorators into another order, or one on another method."""
    decorators, others = random.choice(_decorated(tree)), random.choice(_decorated(tree))
    decorator = random.choice(decorators)
    decorators.remove(decorator)
    others.insert(random.randrange(len(others) + 1), decorator)


def forget_argument(tree: ast.Module, random: random.Random) -> None:
    """Leave out one argument of a call."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    call = random.choice([call for call in calls if call.args or call.keywords])
    if call.keywords and (not call.args or random.random() < 0.5):
        call.keywords.remove(random.choice(call.keywords))
    else:
        call.args.remove(random.choice(call.args))


def forget_base(tree: ast.Module, random: random.Random) -> None:
    """Leave out a base of a class, or put the bases into another order."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases]
    node = random.choice(classes)
    if random.random() < 0.5:
        node.bases.remove(random.choice(node.bases))
    else:
        node.bases.append(random.choice(random.choice(classes).bases))
        random.shuffle(node.bases)


def swap_expressions(tree: ast.Module, random: random.Random) -> None:
    """Write one value or type where another belongs."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    one, other = random.choice(nodes), random.choice(nodes)
    match random.randrange(3):
        case 0:
            one.annotation = other.annotation
        case 1:
            one.value = other.value
        case _:
            one.value = one.annotation


def rename_definition(tree: ast.Module, random: random.Random) -> None:
    """Rename a class, a method or a field to another."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    fields = [node.target for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    names = [node.name for node in nodes]
    names += [field.id for field in fields if isinstance(field, ast.Name)]
    target = random.choice([*nodes, *(field for field in fields if isinstance(field, ast.Name))])
    if isinstance(target, ast.Name):
        target.id = random.choice(names)
    else:
        target.name = random.choice(names)


def quote_part(tree: ast.Module, random: random.Random) -> None:
    """Put a name in an annotation into quotes."""
    holders = [
        node.annotation for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.arg)
    ]
    found = [
        (parent, field, name)
        for holder in holders
        if holder is not None
        for parent in ast.walk(holder)
        if isinstance(parent, ast.Subscript | ast.BinOp | ast.Tuple | ast.Call)
        for field, name in ast.iter_fields(parent)
        if isinstance(name, ast.Name)
    ]
    parent, field, name = random.choice(found)
    setattr(parent, field, ast.Constant(name.id))


MUTATIONS: tuple[Mutation, ...] = (
    misspell_name,
    misspell_attribute,
    misspell_text,
    misspell_keyword,
    misspell_import,
    forget_import,
    import_for_checkers,
    forget_statement,
    repeat_statement,
    move_statement,
    forget_decorator,
    move_decorator,
    forget_argument,
    forget_base,
    swap_expressions,
    rename_definition,
    quote_part,
)


def mutated(source: str, mutation: Mutation, seed: int) -> str | None:
    """The source with one mistake in it; `None` where it is no Python any more."""
    tree = ast.parse(source)
    try:
        mutation(tree, random.Random(seed))
        text = ast.unparse(ast.fix_missing_locations(tree))
        compile(text, "mutated", "exec", dont_inherit=True)
    except (IndexError, SyntaxError, ValueError):
        return None
    return text


def import_text(text: str, name: str = "shop.entities") -> ModuleType:
    """Run the source of a module as an import does; what it raises comes out."""
    module = ModuleType(name)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, f"{name}.py", "exec", dont_inherit=True), vars(module))
    finally:
        if before is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = before
    return module


def _without_a_letter(name: str, random: random.Random) -> str:
    place = random.randrange(len(name))
    left = name[:place] + name[place + 1 :]
    return left if left and (left.isidentifier() or not name.isidentifier()) else f"{name}x"


def _body(tree: ast.Module, random: random.Random) -> list[ast.stmt]:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = [each for node in classes for each in node.body if isinstance(each, ast.FunctionDef)]
    pools = [[tree], classes, classes, methods]
    return random.choice(random.choice(pools)).body


def _decorated(tree: ast.Module) -> list[list[ast.expr]]:
    return [
        node.decorator_list
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
