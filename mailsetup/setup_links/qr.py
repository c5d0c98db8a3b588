"""QR codes as drawings."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code as one SVG path, one unit a module, `size` modules wide; no style is needed."""

    path: str
    size: int

    @property
    def view_box(self) -> str:
        """With a quiet zone around it."""
        return f"-2 -2 {self.size + 4} {self.size + 4}"


def draw(text: str, *, dense: bool = False) -> Drawing:
    """The code of `text`; `dense` makes more of a long text fit, with less to repair by."""
    code = qrcode.QRCode(border=0, error_correction=ERROR_CORRECT_L if dense else ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = (
        f"M{column} {row}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, module in enumerate(modules)
        if module
    )
    return Drawing("".join(dark), len(rows))
