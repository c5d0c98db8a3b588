"""A small OpenID Connect provider with the addresses of a WHMCS: real HTTP, real tokens, PKCE checked."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT_ID = "mailway"
CLIENT_SECRET = "a secret that the two of them share"


class OpenIDServer(ThreadingHTTPServer):
    """Signs everybody in as `claims` says; remembers what each code was handed out for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.claims: dict[str, object] = {"sub": "1234"}
        self.challenges: dict[str, str] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def discovery_url(self) -> str:
        return f"{self.issuer}/oauth/openid-configuration.php"


class _Handler(BaseHTTPRequestHandler):
    server: OpenIDServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/oauth/openid-configuration.php":
            self._json(self._configuration())
        elif parts.path == "/oauth/authorize.php":
            self._authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
        elif parts.path == "/oauth/userinfo.php":
            self._json(self.server.claims)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = self.server.challenges.pop(form["code"], None) == challenge
        if self.path != "/oauth/token.php" or form["client_secret"] != CLIENT_SECRET or not known:
            self.send_error(400)
            return
        now = int(time.time())
        claims = self.server.claims | {
            "iss": self.server.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
        }
        token = jwt.encode(claims, CLIENT_SECRET, algorithm="HS256")
        self._json({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    def _configuration(self) -> dict[str, object]:
        issuer = self.server.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize.php",
            "token_endpoint": f"{issuer}/oauth/token.php",
            "userinfo_endpoint": f"{issuer}/oauth/userinfo.php",
            "jwks_uri": f"{issuer}/oauth/jwks.php",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _authorize(self, query: dict[str, str]) -> None:
        code = f"code-{len(self.server.challenges)}"
        self.server.challenges[code] = query["code_challenge"]
        self.send_response(302)
        back = urlencode({"code": code, "state": query["state"]})
        self.send_header("location", f"{query['redirect_uri']}?{back}")
        self.end_headers()

    def _json(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Tests read answers, not access logs."""


@contextmanager
def running() -> Iterator[OpenIDServer]:
    with OpenIDServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
