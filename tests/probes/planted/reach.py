"""Before the first word of encryption: the machine, names, the connection."""

import dns.rcode
import dns.resolver

from mailsetup.probes.findings import Code
from tests.faults import (
    HOST,
    FaultyNameServer,
    closed_port,
    closes_at_once,
    dribbles,
    full_backlog,
    greets,
    is_silent,
    resets,
)
from tests.probes.planted.base import planted
from tests.probes.stage import IMAP, SMTP, STARTTLS, Shown, Stage

# --- The test itself -----------------------------------------------------------------------------------


@planted(Code.NOT_TESTABLE_HERE, "a machine without any name server")
def _(stage: Stage) -> Shown:
    def unconfigured(*_args: object, **_options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    stage.patch.setattr("dns.asyncresolver.Resolver.read_resolv_conf", unconfigured)
    return stage.receives(stage.prober.settings(IMAP, 993, host="nowhere.example.test"))


# --- Names ---------------------------------------------------------------------------------------------


@planted(Code.DNS_NXDOMAIN, "a name server that doesn’t know the name")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({})))


@planted(Code.DNS_NO_ADDRESS, "a zone with an MX record only")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "MX"): ("10 other.example.test.",)})))


@planted(Code.DNS_NO_ADDRESS, "a CNAME record to a name that isn’t there")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "CNAME"): ("gone.example.test.",)})))


@planted(Code.DNS_TIMEOUT, "a name server that keeps silent")
def _(stage: Stage) -> Shown:
    stage.limited(probe_dns_seconds=0.4)
    return stage.receives(stage.names_by(FaultyNameServer({}, rcode=None)))


@planted(Code.DNS_SERVFAIL, "a name server that answers SERVFAIL")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({}, dns.rcode.SERVFAIL)))


@planted(Code.DNS_CNAME_LOOP, "two CNAME records that point to each other")
def _(stage: Stage) -> Shown:
    records = {(HOST, "CNAME"): ("b.example.test.",), ("b.example.test", "CNAME"): (f"{HOST}.",)}
    return stage.receives(stage.names_by(FaultyNameServer(records)))


@planted(Code.DNSSEC_BOGUS, "SERVFAIL unless the question says not to check signatures")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "A"): ("127.0.0.1",)}, bogus=True)))


@planted(Code.DNS_PRIVATE_ADDRESS, "an A record of 10.0.0.5")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "A"): ("10.0.0.5",)})))


# --- The connection ------------------------------------------------------------------------------------


@planted(Code.TCP_REFUSED, "a port where nothing listens")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.prober.settings(IMAP, closed_port()))


@planted(Code.TCP_TIMEOUT, "a port whose queue is full, so that the kernel drops SYN")
def _(stage: Stage) -> Shown:
    stage.limited(probe_connect_seconds=0.3)
    return stage.receives(stage.prober.settings(IMAP, stage.running.enter_context(full_backlog())))


@planted(Code.TCP_RESET, "a server that resets each connection (SO_LINGER 0)")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(resets, STARTTLS))


@planted(Code.NET_UNREACHABLE, "an address to which the kernel opens no connection (255.255.255.255)")
def _(stage: Stage) -> Shown:
    stage.found_at("255.255.255.255", allowing=["255.255.255.255/32"])
    stage.patch.setattr("mailsetup.probes.wire.network._has_route", lambda _version: True)
    return stage.receives(stage.prober.settings(IMAP, 993))


@planted(Code.NET_UNREACHABLE_V6, "an IPv6 address beside a good one, to which the kernel knows no way")
def _(stage: Stage) -> Shown:
    # TCP to a group of machines: unreachable everywhere, with IPv6 and without.
    stage.found_at("127.0.0.1", "ff02::1", allowing=["ff02::1/128"])
    stage.patch.setattr("mailsetup.probes.wire.network._has_route", lambda _version: True)
    return stage.receives(stage.server(IMAP))


@planted(Code.V6_BROKEN_V4_OK, "a server that listens on IPv4 only, with an AAAA record")
def _(stage: Stage) -> Shown:
    stage.found_at("127.0.0.1", "::1", allowing=["::1/128"])
    return stage.receives(stage.server(IMAP))


@planted(Code.V4_BROKEN_V6_OK, "a server that listens on IPv6 only, with an A record")
def _(stage: Stage) -> Shown:
    stage.found_at("127.0.0.1", "::1", allowing=["::1/128"])
    return stage.receives(stage.server(IMAP, at="::1"))


@planted(Code.V4_BROKEN_V6_OK, "a name with an AAAA record and no A record")
def _(stage: Stage) -> Shown:
    stage.found_at("::1", allowing=["::1/128"])
    return stage.receives(stage.server(IMAP, at="::1"))


@planted(Code.V4_BROKEN_V6_OK, "a certificate for another name over IPv4 only")
def _(stage: Stage) -> Shown:
    stage.found_at("127.0.0.1", "::1", allowing=["::1/128"])
    return stage.receives(stage.two_machines(good="::1", bad="127.0.0.1"))


@planted(Code.CLOSED_AT_ONCE, "a server that accepts and closes")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(closes_at_once))


@planted(Code.SILENT, "a server that accepts and says nothing, to a handshake neither")
def _(stage: Stage) -> Shown:
    stage.limited(probe_tls_seconds=0.3)
    return stage.receives(stage.handler(is_silent))


@planted(Code.DRIBBLE, "a greeting letter by letter that never ends")
def _(stage: Stage) -> Shown:
    stage.limited(probe_greeting_seconds=0.3)
    return stage.receives(stage.handler(dribbles(b"* OK slow"), STARTTLS))


@planted(Code.BANNER_GARBAGE, "a first line that belongs to no protocol")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(greets(b"%%% hello %%%\r\n"), STARTTLS))


@planted(Code.WRONG_SERVICE, "an SSH server’s first line")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(greets(b"SSH-2.0-OpenSSH_9.2\r\n")))


@planted(Code.GREET_521, "a greeting of 521")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="521 mail.example.test does not accept mail"))


@planted(Code.GREET_554, "a greeting of 554")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="554 5.7.1 Client host blocked using a blocklist"))


@planted(Code.GREET_554, "550 in reply to EHLO")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, STARTTLS, answers={"EHLO": "550 5.7.1 Helo command rejected"}))


@planted(Code.GREET_554, "an IMAP greeting of * BYE that denies access")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* BYE Access denied for your host"))


@planted(Code.SMTP_421_BUSY, "a greeting of 421")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="421 4.3.2 Service not available"))


@planted(Code.SMTP_421_BUSY, "421 in reply to EHLO")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, answers={"EHLO": "421 4.3.2 System shutting down"}))


@planted(Code.BYE_GREETING, "an IMAP greeting of * BYE [UNAVAILABLE]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* BYE [UNAVAILABLE] closed for today"))


@planted(Code.BYE_GREETING, "NO in reply to CAPABILITY")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"CAPABILITY": "NO not now"}))


@planted(Code.PREAUTH, "an IMAP greeting of * PREAUTH")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* PREAUTH welcome"))
