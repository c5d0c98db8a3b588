"""Mozilla's Marionette (testing/marionette in its source), as far as it takes to run a script in a program.

The library for it, marionette_driver, brings a dozen packages for starting Firefox and an old psutil; the
protocol is a length, a colon and a JSON list.
"""

import json
import socket
from typing import Any


class Marionette:
    """A session with the program that listens on `port`, in its own (chrome) context."""

    def __init__(self, port: int, script_seconds: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=script_seconds + 15)
        self._read = self._socket.makefile("rb")
        self._number = 0
        self._message()  # It says who it is.
        self._command("WebDriver:NewSession", {})
        self._command("Marionette:SetContext", {"value": "chrome"})
        self._command("WebDriver:SetTimeouts", {"script": int(script_seconds * 1000)})

    def run(self, script: str, *arguments: str) -> Any:
        """What the script returns; raises RuntimeError with what it says went wrong."""
        return self._command("WebDriver:ExecuteScript", {"script": script, "args": arguments})["value"]

    def run_async(self, script: str, *arguments: str) -> Any:
        """What the script hands to its last argument, a function."""
        return self._command("WebDriver:ExecuteAsyncScript", {"script": script, "args": arguments})["value"]

    def close(self) -> None:
        self._read.close()
        self._socket.close()

    def _command(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        text = json.dumps([0, self._number, name, parameters])
        self._socket.sendall(f"{len(text)}:{text}".encode())
        _kind, _number, error, result = self._message()
        if error:
            raise RuntimeError(error["message"])
        return dict(result)

    def _message(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._read.read(1)
            if not byte:
                raise ConnectionError("The program ended the session.")
            length += byte
        return json.loads(self._read.read(int(length[:-1])))
