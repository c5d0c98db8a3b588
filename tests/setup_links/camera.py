"""Reads a QR code off its drawing or a screenshot, as a phone's camera does."""

import re

import zxingcpp

SCALE, QUIET = 4, 4


def scan(path: str, view_box: str) -> str:
    """The text of the code whose dark modules are `path`."""
    size = int(view_box.split()[2]) - 4
    width = (size + 2 * QUIET) * SCALE
    picture = bytearray(b"\xff" * width * width)
    for column, row in re.findall(r"M(\d+) (\d+)h1v1h-1z", path):
        top, left = ((int(number) + QUIET) * SCALE for number in (row, column))
        for line in range(top, top + SCALE):
            picture[line * width + left : line * width + left + SCALE] = bytes(SCALE)
    return read(bytes(picture), width)


def read(grey: bytes, width: int) -> str:
    """The text of the code in a picture of so many grey pixels a line."""
    picture = memoryview(grey).cast("B", (len(grey) // width, width))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)
