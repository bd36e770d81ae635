"""Neither mail nor password goes to a server whose certificate is not trusted."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.settings import MailServer
from tests.subjects.mail.conftest import Office
from tests.support.post import Post, serving

NAME = "localhost"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody trusts yet, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.fromtimestamp(0, UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * 200))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def signed_in() -> list[tuple[bytes, bytes]]:
    """Names and passwords that the server was told."""
    return []


@pytest.fixture
def private(post: Post, certificate: Path, signed_in: list[tuple[bytes, bytes]]) -> Iterator[int]:
    """The vendor's server, which hears of mail only by STARTTLS and after a name and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def check(*told: object) -> AuthResult:
        signed_in.append((getattr(told[-1], "login", b""), getattr(told[-1], "password", b"")))
        return AuthResult(success=signed_in[-1] == (b"support", b"s3cret"), handled=False)

    def protocol() -> SMTP:
        return SMTP(post, tls_context=context, require_starttls=True, authenticator=check, auth_required=True)

    with serving(protocol) as port:
        yield port


def test_only_a_trusted_server_gets_password_and_mail(
    office: Office,
    post: Post,
    private: int,
    certificate: Path,
    signed_in: list[tuple[bytes, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = MailServer(NAME, private, "starttls", "support", "s3cret")
    office.product = replace(office.product, settings=replace(office.product.settings, mail_server=server))
    mail_id = office.write("a")
    office.work()
    assert (office.mail(mail_id).state, post.letters, signed_in) == ("wanted", [], [])
    assert "certificate" in (office.mail(mail_id).reason or "").lower()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    office.wait()
    office.work()
    assert (office.mail(mail_id).state, len(post.letters)) == ("sent", 1)
    assert signed_in == [(b"support", b"s3cret")]
