"""A Redis server of the tests' own."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import redis

from tests.parts.daemon import Daemon, free_ports, short_folder


@dataclass(frozen=True)
class RedisServer:
    """`restart` ends it and starts it anew: nothing of what it held is left."""

    port: int
    restart: Callable[[], None]

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def dump(self, database: int = 0) -> str:
        """Every key with its value, a line each; bytes as characters one to one."""
        with redis.Redis.from_url(self.url(database), decode_responses=True, encoding="latin-1") as client:
            rows = [[key, _value(client, key)] for key in client.scan_iter()]
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def _value(client: redis.Redis, key: str) -> object:
    readers = {
        "string": client.get,
        "list": lambda name: client.lrange(name, 0, -1),
        "set": lambda name: sorted(client.smembers(name)),
        "zset": lambda name: client.zrange(name, 0, -1),
        "hash": client.hgetall,
    }
    return readers[client.type(key)](key)


@contextlib.contextmanager
def running_redis() -> Iterator[RedisServer]:
    (port,) = free_ports(1)
    with short_folder("rd-") as folder:
        settings = {"bind": "127.0.0.1", "port": port, "save": "", "appendonly": "no", "dir": folder}
        options = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        running: list[Daemon] = []

        def start() -> None:
            running.append(Daemon(["redis-server", *options], folder / "redis.log", folder=folder))
            running[-1].wait_until_listening(port)

        def restart() -> None:
            running.pop().stop()
            start()

        try:
            start()
            yield RedisServer(port, restart)
        finally:
            for server in running:
                server.stop()
