"""An expression that is told apart from what stands around it: all printers of formulas know it."""

from __future__ import annotations

from typing import cast

from derive.notation.boxes import Box
from derive.notation.expressions import Style, box
from derive.notation.ink import Marked, Role
from derive.notation.opening import Opened, apart
from derive.notation.plain import Text, line
from derive.notation.speech import Said, Speech, said
from derive.writing.nodes import Expr, node_class


@node_class
class Highlight(Expr):
    """A body in a role: what changed, what vanishes, or what is left. It exists on the page alone."""

    role: str
    body: Expr


@box.register
def _box(node: Highlight, style: Style) -> Box:
    own = box(node.body, style)
    return own._replace(ink=Marked(cast(Role, node.role), own.ink))


@apart.register
def _apart(node: Highlight, style: Style) -> Opened | None:
    """A formula that must be broken is told without its mark."""
    return apart(node.body, style)


@line.register
def _line(node: Highlight, style: Style) -> Text:
    return line(node.body, style)


@said.register
def _said(node: Highlight, speech: Speech) -> Said:
    return said(node.body, speech)
