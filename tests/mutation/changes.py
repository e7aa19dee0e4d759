"""What a programmer gets wrong, as changes of one node of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import singledispatch

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_COUNTED: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.Mod: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Div), ast.Pow: (ast.Mult,), ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
}  # fmt: skip


@singledispatch
def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Each node that could stand in this one's place by mistake; none for a kind that is not named below."""
    yield from ()


@changed.register
def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)


@changed.register
def _counted(node: ast.BinOp) -> Iterator[ast.AST]:
    if not any(_text(each) for each in (node.left, node.right)):  # paths and joined text: a type error, nothing to find
        for other in _COUNTED.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)


def _text(node: ast.AST) -> bool:
    """Whether a part of a sum or of a path is plainly text."""
    if isinstance(node, ast.BinOp):
        return _text(node.left) or _text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


@changed.register
def _summed(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    for other in _COUNTED.get(type(node.op), ()):
        yield ast.AugAssign(node.target, other(), node.value)


@changed.register
def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


@changed.register
def _signed(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand


@changed.register
def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, (int, float)):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))


@changed.register
def _asked(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):  # these are turned round by themselves
        test = ast.UnaryOp(ast.Not(), node.test)
        if isinstance(node, ast.IfExp):
            yield ast.IfExp(test, node.body, node.orelse)
        else:
            yield type(node)(test, node.body, node.orelse)


@changed.register
def _sieved(node: ast.comprehension) -> Iterator[ast.AST]:
    for at in range(len(node.ifs)):
        yield ast.comprehension(node.target, node.iter, [*node.ifs[:at], *node.ifs[at + 1 :]], node.is_async)


@changed.register
def _done(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call):
        yield ast.Pass()


@changed.register
def _stored(node: ast.Assign) -> Iterator[ast.AST]:
    if all(isinstance(each, (ast.Attribute, ast.Subscript)) for each in node.targets):
        yield ast.Pass()


@changed.register
def _returned(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


@changed.register
def _dropped(node: ast.Raise) -> Iterator[ast.AST]:
    yield ast.Pass()


@changed.register
def _left(node: ast.Break) -> Iterator[ast.AST]:
    yield ast.Continue()


@changed.register
def _caught(node: ast.ExceptHandler) -> Iterator[ast.AST]:
    if isinstance(node.type, ast.Tuple):
        for rest in _all_but_one(node.type.elts):
            yield ast.ExceptHandler(ast.Tuple(rest, ast.Load()), node.name, node.body)


@changed.register
def _suppressed(node: ast.Call) -> Iterator[ast.AST]:
    if ast.unparse(node.func).endswith("suppress"):
        for rest in _all_but_one(node.args):
            yield ast.Call(node.func, rest, [])


def _all_but_one(nodes: list[ast.expr]) -> Iterator[list[ast.expr]]:
    yield from ([*nodes[:at], *nodes[at + 1 :]] for at in range(len(nodes)))
