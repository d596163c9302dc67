"""`__all__`, where it can be read off."""

import ast
from collections.abc import Sequence


def read_exports(body: Sequence[ast.stmt]) -> tuple[str, ...] | None:
    """The names a module lists in `__all__`; `None` where it has none, or computes it.

    `__all__ += [...]` and `__all__.extend([...])` add to a plain list.
    """
    exports: list[str] | None = None
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                exports = _names(value)
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                exports = _names(value)
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value) | ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="__all__"), attr="extend"), args=[value]
                )
            ):
                added = _names(value)
                exports = None if exports is None or added is None else exports + added
            case _:
                pass
    return None if exports is None else tuple(exports)


def _names(value: ast.expr) -> list[str] | None:
    match value:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            names = [item.value for item in items if isinstance(item, ast.Constant)]
            texts = [name for name in names if isinstance(name, str)]
            return texts if len(texts) == len(items) else None
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            first, second = _names(left), _names(right)
            return None if first is None or second is None else first + second
        case _:
            return None
