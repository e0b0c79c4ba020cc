"""What is changed: for each place of a syntax tree, what may stand there instead."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

Members = Mapping[str, Sequence[str]]
"""The members that a module names of each enumeration."""

Change = tuple[str, str, ast.AST | None]
"""The operator, what it does, and what is put there; `None` where it is taken away."""

_OTHERS: Final[Mapping[type[ast.AST], tuple[type[ast.AST], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,), ast.FloorDiv: (ast.Mult,), ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
}  # fmt: skip
_PARTS: Final[Mapping[tuple[type[ast.AST], str], str]] = {
    (ast.Call, "args"): "argument", (ast.Call, "keywords"): "argument", (ast.Match, "cases"): "case",
    (ast.Tuple, "elts"): "item", (ast.List, "elts"): "item", (ast.Set, "elts"): "item", (ast.Dict, "values"): "item",
    (ast.FunctionDef, "decorator_list"): "decorator", (ast.FormattedValue, "format_spec"): "format",
}  # fmt: skip
_FUNCTIONS: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
_DECLARED: Final = frozenset({"annotation", "returns", "bases"})


class Place(NamedTuple):
    """A place of a syntax tree.

    Attributes:
        parent: The node above it.
        field: The field of the parent that it is, or is part of.
        number: Which of several nodes it is in that field; `None` where the field has only one.
        node: What stands there.
    """

    parent: ast.AST
    field: str
    number: int | None
    node: ast.AST

    def put(self, new: ast.AST | None) -> None:
        """Puts another node there, or takes away the one that is there."""
        if self.number is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.number : self.number + 1] = [new] if new else []
            if isinstance(self.parent, ast.Dict) and not new:
                del self.parent.keys[self.number]


def places(parent: ast.AST) -> Iterator[Place]:
    """Goes through the places just below a node; what is declared there (types, docstrings) is none."""
    for field, value in ast.iter_fields(parent):
        declared = field in _DECLARED or (field == "keywords" and isinstance(parent, ast.ClassDef))
        if declared or (field == "slice" and isinstance(value, ast.Tuple)):
            continue
        for number, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.AST) and not docstring:
                yield Place(parent, field, number, node)


def members_of(tree: ast.AST) -> Members:
    """Finds the members of enumerations that a module names, such as `Status.LIVE`."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=member) if member.isupper():
                found[name].add(member)
    return {name: sorted(members) for name, members in found.items()}


def changes(place: Place, members: Members) -> Iterator[Change]:
    """Tells what may stand in a place instead of what stands there."""
    return chain(_operators(place), _conditions(place), _parts(place), _values(place.node, members), _other(place))


def _operators(place: Place) -> Iterator[Change]:
    for new in _OTHERS.get(type(place.node), ()):
        yield "operator", f"{type(place.node).__name__} to {new.__name__}", new()


def _conditions(place: Place) -> Iterator[Change]:
    if isinstance(place.node, ast.Constant):
        return
    if isinstance(place.parent, ast.BoolOp) and place.field == "values":
        neutral = ast.Constant(value=isinstance(place.parent.op, ast.And))
        yield "operand", f"without {ast.unparse(place.node)}", neutral
    elif place.field in {"test", "ifs", "guard"}:
        yield "condition", f"never {ast.unparse(place.node)}", ast.Constant(value=False)
        if not isinstance(place.parent, ast.While):
            yield "condition", f"always {ast.unparse(place.node)}", ast.Constant(value=True)


def _parts(place: Place) -> Iterator[Change]:
    part = _PARTS.get((type(place.parent), place.field))
    match place.parent:
        case ast.Call(args=args) if place.field == "args":
            wanted = 1 < len(args) == (place.number or 0) + 1  # one of those before the last is never optional
        case ast.Match(cases=cases):
            wanted = len(cases) > 1
        case ast.Tuple(ctx=context) | ast.List(ctx=context):
            wanted = isinstance(context, ast.Load)
        case _:
            wanted = True
    if part and wanted:
        yield part, f"without {ast.unparse(place.node).strip().splitlines()[0]}", None


def _values(node: ast.AST, members: Members) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool(old)):
            yield "constant", f"{old} to {not old}", ast.Constant(value=not old)
        case ast.Constant(value=int(old) | float(old)):
            yield from (("constant", f"{old} to {new}", ast.Constant(value=new)) for new in (old - 1, old + 1))
        case ast.Constant(value=str(old)):
            yield "constant", f"{old!r} to 'XX'", ast.Constant(value="XX")
        case ast.Attribute(value=ast.Name(id=name) as enumeration, attr=old) if len(known := members.get(name, ())) > 1:
            if old in known:
                new = known[(known.index(old) + 1) % len(known)]
                yield "member", f"{old} to {new}", ast.Attribute(value=enumeration, attr=new, ctx=ast.Load())


def _other(place: Place) -> Iterator[Change]:
    match place.node:
        case ast.UnaryOp(op=op, operand=operand):
            yield "operator", f"without {type(op).__name__}", operand
        case ast.Name(id=name) if place.field == "func" and name in _FUNCTIONS:
            yield "function", f"{name} to {_FUNCTIONS[name]}", ast.Name(id=_FUNCTIONS[name], ctx=ast.Load())
        case ast.Call(func=ast.Name(id="sorted"), args=[items]):
            yield "function", "without sorted", items
        case ast.Return() | ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Break() | ast.Expr():
            yield "statement", "without it", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield "statement", "without it", ast.Pass()
