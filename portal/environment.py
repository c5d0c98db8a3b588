"""Reading the environment: a value that is wrong stops the start with the name of its setting."""

import base64
import ipaddress
import json
import os
import re
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
import msgspec
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

T = TypeVar("T")
Room = TypeVar("Room", bound=msgspec.Struct)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# How each file begins (sqlite.org/fileformat2.html, section 1.3); a new one is empty.
_SQLITE = b"SQLite format 3\0"
# FileAwareEnv reads NAME from the file that NAME_FILE names, for secrets that a container mounts.
env = environ.FileAwareEnv()


def parsed(name: str, parse: Callable[[str], T], default: str = "") -> T:
    """The setting `name` as `parse` reads it; whatever is wrong with it is said with its name."""
    text = env.str(name, default=default)
    try:
        return parse(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"{name} can't be used: {error}") from None


def boolean(name: str, *, default: bool) -> bool:
    def parse(text: str) -> bool:
        word = text.strip().lower()
        if word in ("1", "true", "yes", "on"):
            return True
        if word in ("0", "false", "no", "off", ""):
            return False
        raise ValueError(f"it is “{text}” and should be true or false.")

    return parsed(name, parse, "true" if default else "false")


def number(name: str, default: int) -> int:
    def parse(text: str) -> int:
        if not text.strip().isdigit():
            raise ValueError(f"it is “{text}” and should be a whole number.")
        return int(text)

    return parsed(name, parse, str(default))


def room(kind: type[Room]) -> Room:
    """The limits of one room of the code: each field of `kind` from the setting of its name in capitals."""
    values = {
        field.name: parsed(field.name.upper(), partial(_in_range, field.type), str(field.default))
        for field in msgspec.structs.fields(kind)
    }
    try:
        return kind(**values)
    except ValueError as error:  # Two settings that don't go together; the struct names them.
        raise ImproperlyConfigured(str(error)) from None


def _in_range(annotation: Any, text: str) -> Any:
    try:
        return msgspec.convert(text.strip(), annotation, strict=False)
    except msgspec.ValidationError:
        raise ValueError(f"it is “{text}” and should be {_range(annotation)}.") from None


def _range(annotation: Any) -> str:
    """What msgspec accepts as `annotation`, in words."""
    number: Any = msgspec.inspect.type_info(annotation)
    bounds = {
        "at least": number.ge,
        "more than": number.gt,
        "at most": number.le,
        "less than": number.lt,
        "a multiple of": number.multiple_of,
    }
    noun = "a whole number" if isinstance(number, msgspec.inspect.IntType) else "a number"
    return ", ".join([noun, *(f"{words} {bound}" for words, bound in bounds.items() if bound is not None)])


def words(name: str, default: str = "") -> list[str]:
    return [word for word in env.str(name, default=default).replace(",", " ").split() if word]


def networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def resolver(text: str) -> tuple[str, int] | None:
    """`ip:port` or `[ip]:port`; empty means the system's."""
    if not text:
        return None
    parts = urlsplit(f"//{text}")
    address = ipaddress.ip_address(parts.hostname or "")
    return str(address), parts.port or 53


def hosts(text: str) -> dict[str, tuple[str, ...]]:
    """`name=ip,name=ip`: a name may come more than once."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, address = pair.partition("=")
        if not equals:
            raise ValueError(f"“{pair}” should read name=ip.")
        found[name.lower()] = (*found.get(name.lower(), ()), str(ipaddress.ip_address(address)))
    return found


def mail_addresses(text: str) -> tuple[str, ...]:
    """Separated by commas or spaces."""
    found = tuple(text.replace(",", " ").split())
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise ValueError(f"“{address}” is not a mail address.") from None
    return found


def database(text: str) -> dict[str, Any]:
    with warnings.catch_warnings():
        # Of what it doesn't know it only warns; we say so in our own words.
        warnings.simplefilter("ignore", UserWarning)
        config: dict[str, Any] = env.db_url_config(text)
    if config.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ValueError("it should begin with sqlite:/// or postgres://.")
    # A service of libpq's pg_service.conf names the database itself (PostgreSQL manual, section 34.17).
    if not config["NAME"] and "service" not in config.get("OPTIONS", {}):
        raise ValueError(
            "it should end with the name of the database, as in postgres://user:password@host/name."
        )
    return config


def readable_file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError(f"there is no file {text}.")
    return text


def colour(text: str) -> str:
    """Six hexadecimal digits after a #, in lower case; empty is the portal's own."""
    if text and not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise ValueError(f"it is “{text}” and should be six hexadecimal digits after a #, such as #1b6a8f.")
    return text.lower()


def image(text: str, *, max_bytes: int) -> str:
    """The SVG or PNG in a file, as a data address; empty without one."""
    if not text:
        return ""
    kind = {".svg": "svg+xml", ".png": "png"}.get(Path(text).suffix.lower())
    if kind is None:
        raise ValueError(f"{text} should be a file that ends in .svg or .png.")
    try:
        content = Path(text).read_bytes()
    except OSError as error:
        raise ValueError(f"{text} can't be read ({error.strerror}).") from None
    if len(content) > max_bytes:
        raise ValueError(
            f"{text} has {len(content)} bytes, and as part of every page it may have {max_bytes}."
        )
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def make_private_folder(folder: Path) -> None:
    """Make `folder`, and the ones above it that are missing, for this user alone."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700, exist_ok=True)


def keep_private(database: Path) -> None:
    """See to it that only this user reads the SQLite file; SQLite gives its log the same mode.

    Raises ImproperlyConfigured, and leaves alone what is something else: a folder or a file of the system
    that was named by mistake would be shut for everybody.
    """
    if str(database) == ":memory:":
        return
    try:
        make_private_folder(database.parent)
        database.touch(mode=0o600)
        with database.open("rb") as file:
            beginning = file.read(len(_SQLITE))
        if beginning not in (b"", _SQLITE):
            raise ImproperlyConfigured(f"DATABASE_URL can't be used: {database} is no SQLite database.")
        if database.stat().st_uid == os.getuid():
            database.chmod(0o600)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL can't be used: {database} can't be opened ({error.strerror})."
        ) from None


def json_list(text: str) -> list[dict[str, Any]]:
    value = json.loads(text or "[]")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("it should be a JSON list of objects.")
    return value
