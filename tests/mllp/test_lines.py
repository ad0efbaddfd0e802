"""MLLP over TLS with client certificates, a foreign client, and settings that cannot be."""

import asyncio
import datetime as dt
import importlib.util
import ssl
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.mllp.tls import tls_of
from gateway.settings import BadSettings, MllpSettings
from gateway.signing.errors import SignatureError
from gateway.signing.keys import SigningKey, read_jwks
from gateway.signing.keys import jwks as key_set
from gateway.signing.segments import signed_segments, verify_segments
from tests.hl7.sample import segments
from tests.mllp.standing import standing
from tests.mllp.test_settling import bill


class Certificate:
    """A certificate and its key as PEM files."""

    def __init__(self, folder: Path, name: str, issuer: "Certificate | None" = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(issuer.key if issuer else self.key, hashes.SHA256())
        )
        self.cert_file, self.key_file = folder / f"{name}.pem", folder / f"{name}.key"
        self.cert_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def fingerprint(self) -> str:
        return sha256(self.certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def client(authority: Certificate, own: Certificate | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.cert_file))
    context.check_hostname = False
    if own is not None:
        context.load_cert_chain(own.cert_file, own.key_file)
    return context


async def test_over_tls_only_the_agreed_certificate_speaks(database_dsn: str, tmp_path: Path) -> None:
    """The hospital's own certificate settles; another of the same CA is nobody; none at all is no connection."""
    authority = Certificate(tmp_path, "authority")
    server, hospital, other = (Certificate(tmp_path, name, authority) for name in ("server", "hospital", "other"))
    tls = {
        "GATEWAY_MLLP_CERT": str(server.cert_file),
        "GATEWAY_MLLP_KEY": str(server.key_file),
        "GATEWAY_MLLP_CLIENT_CA": str(authority.cert_file),
    }
    profile = f"mllp.certificates={hospital.fingerprint}"
    async with standing(database_dsn, tmp_path, profile=profile, **tls) as stands:
        settled = await (await stands.line(client(authority, hospital))).ask(bill(0))
        foreign = await (await stands.line(client(authority, other))).ask(bill(1))
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await (await stands.line(client(authority, None))).ask(bill(2))
        plain = await stands.line()
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await plain.ask(bill(3))

    assert segments(settled, "MSA")[0][1] == "AA"
    assert segments(foreign, "ERR")[0][5] == "mllp.unknown_caller"


@pytest.mark.skipif(
    importlib.util.find_spec("hl7") is None,
    reason="python-hl7 is not installed: pip install hl7, to run it as a client",
)
async def test_python_hl7s_client_gets_through(database_dsn: str, tmp_path: Path) -> None:
    """A client that is not ours sends a bill and parses our ACK: verdict, echo, sums, receipt."""
    hl7: Any = importlib.import_module("hl7")
    mllp: Any = importlib.import_module("hl7.mllp")
    async with standing(database_dsn, tmp_path) as stands:
        reader, writer = await mllp.open_hl7_connection("127.0.0.1", stands.mllp_port, encoding="utf-8")
        writer.writemessage(hl7.parse(bill(0)))
        await writer.drain()
        async with asyncio.timeout(20):
            answer = await reader.readmessage()
        writer.close()

    assert str(answer.segment("MSA")[1]) == "AA"
    assert str(answer.segment("MSA")[2]) == "M0"
    assert str(answer.segment("ZSU")[2]) == "30.00^CNY"
    assert len(str(answer.segment("ZRC")[3]).split(".")) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cert": "c.pem"}, "mllp.key"),
        ({"key": "k.pem"}, "mllp.cert"),
        ({"client_ca": "ca.pem"}, "mllp.cert"),
        ({"cert": "/nowhere/c.pem", "key": "/nowhere/k.pem"}, "cannot be used"),
    ],
)
def test_tls_that_cannot_be_is_refused_before_anything_listens(given: dict[str, str], said: str) -> None:
    """What is missing or unreadable is named."""
    with pytest.raises(BadSettings) as refusal:
        tls_of(MllpSettings(port=0, **given))

    assert said in str(refusal.value)


def test_a_signed_answer_proves_every_byte_and_what_it_answers() -> None:
    """G8: any changed byte, another message or an unknown key is told apart from the true answer."""
    key = SigningKey.generate()
    keys = read_jwks(key_set([key.public_jwk()]))
    answer = signed_segments(key, "MSH|^~\\&|A\rMSA|AE|1|拒绝\r".encode(), b"question", 1_700_000_000)
    unread = signed_segments(key, b"MSH|^~\\&|A\r", None, 1)

    assert verify_segments(keys, answer, b"question") == 1_700_000_000
    assert verify_segments(keys, unread, b"whatever") == 1
    for place in range(len(answer)):
        changed = answer[:place] + bytes((answer[place] ^ 1,)) + answer[place + 1 :]
        with pytest.raises(SignatureError):
            verify_segments(keys, changed)
    with pytest.raises(SignatureError):
        verify_segments(keys, answer, b"another question")
    with pytest.raises(SignatureError):
        verify_segments({}, answer)
