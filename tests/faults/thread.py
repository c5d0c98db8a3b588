"""Servers that run beside the test, in a thread with an event loop of its own."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class ServerThread:
    """`with ServerThread() as servers: port = servers.listen(handler)`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A client that breaks off a handshake is what these servers are for.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        # Of a client that came at the very end the handler may never begin, and then closes nothing.
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def listen(
        self, handler: Handler, tls: ssl.SSLContext | None = None, *, at: str = "127.0.0.1", port: int = 0
    ) -> int:
        """The port where `handler` now answers, under implicit TLS if `tls` is given; 0: any that is free."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, EOFError, ValueError, asyncio.CancelledError):
                await handler(reader, writer)
            # What was written goes out before the end; a client that is gone does not hold us up.
            with suppress(OSError, asyncio.CancelledError):
                # A second close of TLS makes abort fail in Python 3.11.2.
                if not writer.is_closing():
                    writer.close()
                async with asyncio.timeout(1):
                    await writer.wait_closed()
            writer.transport.abort()
            self._open.discard(writer)

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open.add(writer)
            task = self._loop.create_task(serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        starting = asyncio.start_server(connected, at, port, ssl=tls)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self._servers.append(server)
        listening: int = server.sockets[0].getsockname()[1]
        return listening

    async def _close(self) -> None:
        # Who was let in but a moment ago needs its server once more (Python 3.11.2), so the doors shut first.
        for listening in (sock for server in self._servers for sock in server.sockets):
            self._loop.remove_reader(listening.fileno())
        await asyncio.sleep(0)
        for server in self._servers:
            server.close()
        # What is closed takes a turn of the loop, and a handler may begin in the one before.
        for _turn in range(3):
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            while self._open:
                self._open.pop().transport.abort()
            await asyncio.sleep(0)


class FaultyServer:
    """One handler on one port: `with FaultyServer(is_silent) as server: server.port`."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._thread = ServerThread()
        self._handler, self._tls = handler, tls
        self.port = 0
        self.connections = 0

    def __enter__(self) -> Self:
        self._thread.__enter__()
        self.port = self._thread.listen(self._count, self._tls)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.__exit__(kind, error, trace)

    async def _count(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self._handler(reader, writer)
