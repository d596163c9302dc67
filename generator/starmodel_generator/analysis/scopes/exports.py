"""`__all__`, where it can be read off."""

import libcst as cst

from starmodel_generator.analysis.tree import statements_of, text_of


def read_exports(module: cst.Module) -> tuple[str, ...] | None:
    """Return the names a module lists in `__all__`; `None` where it has none, or computes it.

    `__all__ += [...]` and `__all__.extend([...])` add to a plain list.
    """
    exports: list[str] | None = None
    for node in statements_of(module):
        match node:
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(value="__all__"))], value=value
            ):
                exports = _names(value)
            case cst.AnnAssign(
                target=cst.Name(value="__all__"), value=cst.BaseExpression() as value
            ):
                exports = _names(value)
            case cst.AugAssign(target=cst.Name(value="__all__"), value=value) | cst.Expr(
                value=cst.Call(
                    func=cst.Attribute(
                        value=cst.Name(value="__all__"), attr=cst.Name(value="extend")
                    ),
                    args=[cst.Arg(value=value)],
                )
            ):
                added = _names(value)
                exports = None if exports is None or added is None else exports + added
            case _:
                pass
    return None if exports is None else tuple(exports)


def _names(value: cst.BaseExpression) -> list[str] | None:
    match value:
        case cst.List(elements=items) | cst.Tuple(elements=items):
            texts = [text_of(item.value) for item in items]
            names = [text for text in texts if text is not None]
            return names if len(names) == len(items) else None
        case cst.BinaryOperation(operator=cst.Add(), left=left, right=right):
            first, second = _names(left), _names(right)
            return None if first is None or second is None else first + second
        case _:
            return None
