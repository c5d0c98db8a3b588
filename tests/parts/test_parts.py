"""The database and the broker of a grown-up installation can be had, and hold what they are given."""

import psycopg
import redis

from tests.parts.postgres import Postgres
from tests.parts.redis_server import RedisServer


def test_postgresql_keeps_and_dumps(postgres: Postgres) -> None:
    url = postgres.create_database("parts")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", ["kept by PostgreSQL"])
    assert "kept by PostgreSQL" in postgres.dump("parts")


def test_redis_keeps_and_dumps(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url(9)) as client:
        client.set("word", "kept by Redis")
        client.rpush("queue", "waiting in Redis")
    dump = redis_server.dump(9)
    assert "kept by Redis" in dump
    assert "waiting in Redis" in dump
