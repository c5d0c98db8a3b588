"""The answer of a comparison as a person reads it."""

from dataclasses import dataclass

from django.http import HttpResponse

from tests.html import Element, read


@dataclass(frozen=True)
class ShownRow:
    state: str
    theirs: str
    right: str
    step: str
    url: str


class Shown:
    def __init__(self, answer: HttpResponse) -> None:
        assert answer.status_code == 200
        self.page = read(answer)
        verdict = self.page.one("section", "verdict")
        self.state = verdict["data-state"]
        self.headline = verdict.one("h1").text
        self.lede = verdict.one("p", "lede").text
        (tables) = self.page.all("div", "compare")
        self.rows = (
            {row.one("th").text: _row(row) for row in tables[0].one("tbody").all("tr")} if tables else {}
        )
        self.primary = [link.text for link in self.page.all("a", "primary")]

    @property
    def text(self) -> str:
        return self.page.one("main").text

    @property
    def differing(self) -> dict[str, tuple[str, str]]:
        """By setting, what the app has and what is right."""
        return {name: (row.theirs, row.right) for name, row in self.rows.items() if row.state == "bad"}

    @property
    def first_rows(self) -> list[str]:
        return list(self.rows)


def _row(row: Element) -> ShownRow:
    theirs = row.all("td", "theirs")
    links = row.all("a")
    return ShownRow(
        state=row["data-state"],
        theirs=_value(theirs[0]) if theirs else "",
        right=_value(row.one("td", "right")),
        step=links[0].text if links else "",
        url=links[0]["href"] if links else "",
    )


def _value(cell: Element) -> str:
    return cell.text.removeprefix("The same:").removeprefix("Different:").strip()
