"""The page of a connection test as a person reads it."""

from dataclasses import dataclass

from django.http import HttpResponse

from tests.html import Element, read


@dataclass(frozen=True)
class ShownProblem:
    title: str
    state: str
    parts: dict[str, str]
    fixer: str
    passes: str
    links: dict[str, str]
    primary: list[str]
    icons: list[str]


@dataclass(frozen=True)
class ShownStep:
    title: str
    state: str
    said: str  # the state, to those who can't see it
    text: str
    fix: str
    time: str
    new: bool


@dataclass(frozen=True)
class ShownLane:
    title: str
    server: str
    result: str
    steps: dict[str, ShownStep]


class Shown:
    """A page of a test, or the part of it that a poll gets."""

    def __init__(self, answer: HttpResponse) -> None:
        assert answer.status_code == 200
        self.page = read(answer)
        (self.test,) = [part for part in self.page.inside() if part.attributes.get("id") == "test"]
        verdict = self.test.one("section", "verdict")
        self.state = verdict["data-state"]
        self.headline = verdict.one("h1").text
        self.lede = verdict.one("p", "lede").text
        self.reference = verdict.one("dl", "ref").one("code").text
        self.problems = [
            _problem(section)
            for section in self.test.all("section", "problem")
            if "refusal" not in section["class"]
        ]
        self.lanes = {lane.title: lane for lane in map(_lane, self.test.all("section", "lane"))}

    @property
    def text(self) -> str:
        return self.test.text

    @property
    def poll_url(self) -> str:
        return self.test["hx-get"]

    @property
    def polls(self) -> bool:
        return "hx-get" in self.test.attributes


def _problem(section: Element) -> ShownProblem:
    parts = {}
    for row in section.one("dl").all("div"):
        for name in row.all("dt"):
            label = str(name.content[0]).strip()
            parts[label] = row.one("dd").all("p")[0].text
    return ShownProblem(
        title=section.one("h2").text,
        state=section["data-state"],
        parts=parts,
        fixer=section.one("span", "tag", "accent").text,
        passes=" ".join(
            tag.text for tag in section.all("span", "tag") if "accent" not in tag["class"].split()
        ),
        links=section.links(),
        primary=[part.text for tag in ("a", "button") for part in section.all(tag, "primary")],
        icons=[use["href"].removeprefix("#i-") for use in section.one("header").all("use")],
    )


def _lane(section: Element) -> ShownLane:
    result = section.one("header").all("span", "tag")
    return ShownLane(
        title=section.one("h2").text,
        server=section.one("p", "meta").text,
        result=result[0].text if result else "",
        steps={step.title: step for step in map(_step, section.all("li"))},
    )


def _step(item: Element) -> ShownStep:
    heading = item.one("h3")
    said = heading.one("span").text
    lines = item.one("div", "what").all("p")
    fix = [line.one("a")["href"] for line in lines if line.all("a")]
    return ShownStep(
        title=heading.text.removeprefix(said).strip(),
        state=item["data-state"],
        said=said.removesuffix(":"),
        text=" ".join(line.text for line in lines if not line.all("a")),
        fix=fix[0] if fix else "",
        time=item.one("span", "time").text,
        new="data-new" in item.attributes,
    )
