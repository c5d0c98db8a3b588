"""Debian's Thunderbird without a window: a profile of its own, in which every name is this machine.

What it is told to do are its own steps of setting up an account, as its Account Hub calls them
(modules/accountcreation). Nothing of a configuration is handed to it: it asks for it.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.marionette import Marionette
from tests.clients.terminal import PATH
from tests.parts.daemon import free_ports

PATIENCE_SECONDS = 60
# A time for each question of its own, so that a test says what it waited for.
SCRIPT_SECONDS = 45

_TRUST = """
const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
certificates.addCertFromBase64(arguments[0], "C,,");
"""

# Every script has a sandbox of its own; what the next one needs hangs on a module of Thunderbird's.
_DISCOVER = """
const [email, done] = arguments;
const load = name => ChromeUtils.importESModule(`resource:///modules/${name}`);
const { FindConfig } = load("accountcreation/FindConfig.sys.mjs");
(async () => {
  const { signal } = new AbortController();
  const asked = FindConfig.parallelAutoDiscovery(email.split("@")[1], email, signal, "", "");
  const { value } = await asked.next();
  FindConfig.mailwayFound = value;
  const server = each => [each.type, each.hostname, each.port, each.socketType, each.auth, each.username];
  return { source: value.source, incoming: server(value.incoming), outgoing: server(value.outgoing),
           others: value.incomingAlternatives.map(server), name: value.displayName };
})().then(done, error => done({ error: String(error) }));
"""

# What somebody types into the fields of the manual way.
_TYPE = """
const [name, incoming, outgoing, done] = arguments;
const load = name => ChromeUtils.importESModule(`resource:///modules/${name}`);
const { FindConfig } = load("accountcreation/FindConfig.sys.mjs");
const { AccountConfig } = load("accountcreation/AccountConfig.sys.mjs");
const config = new AccountConfig();
config.source = AccountConfig.kSourceUser;
config.displayName = name;
Object.assign(config.incoming, JSON.parse(incoming));
Object.assign(config.outgoing, JSON.parse(outgoing));
FindConfig.mailwayFound = config;
done("typed");
"""

# The user chooses between what was found, types a password, and Thunderbird makes the account.
_CREATE = """
const [email, password, type, done] = arguments;
const load = name => ChromeUtils.importESModule(`resource:///modules/${name}`);
const { FindConfig } = load("accountcreation/FindConfig.sys.mjs");
const { AccountConfig } = load("accountcreation/AccountConfig.sys.mjs");
const { CreateInBackend } = load("accountcreation/CreateInBackend.sys.mjs");
const { MailServices } = load("MailServices.sys.mjs");
(async () => {
  const config = FindConfig.mailwayFound.copy();
  const chosen = [config.incoming, ...config.incomingAlternatives].find(each => each.type == type);
  config.incoming = chosen;
  AccountConfig.replaceVariables(config, "Anna", email, password);
  config.incoming.password = config.outgoing.password = password;
  config.rememberPassword = true;
  const account = await CreateInBackend.createAccountInBackend(config);
  FindConfig.mailwayAccount = account;
  const server = MailServices.outgoingServer.getServerByKey(account.defaultIdentity.smtpServerKey);
  server.password = password;
  return account.incomingServer.key;
})().then(done, error => done({ error: String(error) + error.stack }));
"""

_SEND = """
const [path, email, password, done] = arguments;
const load = name => ChromeUtils.importESModule(`resource:///modules/${name}`);
const { FindConfig } = load("accountcreation/FindConfig.sys.mjs");
const { MailServices } = load("MailServices.sys.mjs");
(async () => {
  const identity = FindConfig.mailwayAccount.defaultIdentity;
  const server = MailServices.outgoingServer.getServerByKey(identity.smtpServerKey);
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  file.initWithPath(path);
  const to = MailServices.headerParser.makeFromDisplayAddress(email);
  await new Promise((resolve, reject) => {
    server.sendMailMessage(file, to, [], identity, email, password, null, false, "test@mailway", {
      QueryInterface: ChromeUtils.generateQI(["nsIMsgOutgoingListener"]),
      onSendStart() {},
      onSendStop(_uri, status) { status ? reject(new Error("sending ended with " + status)) : resolve(); },
    });
  });
})().then(() => done("sent"), error => done({ error: String(error) }));
"""

# What is in the inbox after a look at the server; "" where the subject never comes.
_RECEIVE = """
const [subject, done] = arguments;
const load = name => ChromeUtils.importESModule(`resource:///modules/${name}`);
const { FindConfig } = load("accountcreation/FindConfig.sys.mjs");
const { MailServices } = load("MailServices.sys.mjs");
const server = FindConfig.mailwayAccount.incomingServer;
const find = folder => {
  for (const each of folder.messages) {
    if (each.mime2DecodedSubject == subject) return each.mime2DecodedAuthor;
  }
  return "";
};
(async () => {
  for (let attempt = 0; attempt < 60; attempt++) {
    const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
    if (inbox) {
      const found = find(inbox);
      if (found) return found;
      inbox.getNewMessages(null, null);
    } else {
      server.performExpand(null);
    }
    await new Promise(resolve => setTimeout(resolve, 300));
  }
  return "";
})().then(done, error => done({ error: String(error) }));
"""


@dataclass
class Thunderbird:
    marionette: Marionette

    def trust(self, pem: str) -> None:
        """As an administrator does who installs the provider's authority."""
        body = "".join(line for line in pem.splitlines() if "-----" not in line)
        self.marionette.run(_TRUST, body)

    def discover(self, address: str) -> dict[str, Any]:
        """What it finds by itself for an address, as type, host, port, socketType, auth and user name."""
        found: dict[str, Any] = self._ask(_DISCOVER, address)
        return found

    def type(self, name: str, incoming: dict[str, Any], outgoing: dict[str, Any]) -> None:
        """Fills in the manual way: type, hostname, port, socketType, auth and username of each server."""
        self._ask(_TYPE, name, json.dumps(incoming), json.dumps(outgoing))

    def create(self, address: str, password: str, protocol: str) -> None:
        """Makes the account of what it discovered last."""
        self._ask(_CREATE, address, password, protocol)

    def send(self, message: Path, address: str, password: str) -> None:
        self._ask(_SEND, str(message), address, password)

    def receive(self, subject: str) -> str:
        """The author of the message with this subject once it is in the inbox."""
        author: str = self._ask(_RECEIVE, subject)
        return author

    def _ask(self, script: str, *arguments: str) -> Any:
        answer = self.marionette.run_async(script, *arguments)
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer


@contextlib.contextmanager
def running_thunderbird(ports: Mapping[int, int]) -> Iterator[Thunderbird]:
    """Thunderbird while it runs; `ports` says which ports of this machine stand for which of the world's."""
    (control,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="tb-") as name:
        folder = Path(name)
        profile = folder / "profile"
        profile.mkdir()
        preferences = {
            "marionette.port": control,
            "network.dns.forceResolve": "127.0.0.1",
            "network.socket.forcePort": ";".join(f"{there}={here}" for there, here in ports.items()),
            "mail.provider.suppress_dialog_on_startup": True,
            "mail.biff.on_new_window": False,
            "mailnews.start_page.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = (f'user_pref("{key}", {_text(value)});\n' for key, value in preferences.items())
        (profile / "user.js").write_text("".join(lines))
        command = [shutil.which("thunderbird", path=PATH) or "thunderbird", "--headless", "--marionette"]
        command += ["--remote-allow-system-access", "--no-remote", "--profile", str(profile)]
        environment = {"HOME": name, "PATH": PATH, "MOZ_HEADLESS": "1", "LANG": "C.UTF-8"}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
        try:
            _wait_for(control, process)
            marionette = Marionette(control, SCRIPT_SECONDS)
            yield Thunderbird(marionette)
            marionette.close()
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "Thunderbird ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("Thunderbird did not start")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
