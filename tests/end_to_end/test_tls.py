"""The three web doors over TLS with a certificate of their own, and what refuses to open without one."""

import ipaddress
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from running_hub import RunningHub, free_base, iochub

from iochub.addresses import trust


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for a name in the province's network, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ioc.example.vn")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("10.1.2.3"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "door.crt", tmp_path / "door.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def test_every_door_speaks_tls_and_the_hubs_own_programs_trust_that_certificate_alone(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    certificate, key = pair
    hub = RunningHub(
        tmp_path / "data",
        free_base(),
        {"IOCHUB_TLS_CERT": str(certificate), "IOCHUB_TLS_KEY": str(key)},
    )
    try:
        hub.start(demo=True)
        base = hub.port_base
        with httpx.Client(verify=trust(str(certificate)), trust_env=False) as ours:
            for port in (base, base + 100):
                assert ours.get(f"https://127.0.0.1:{port}/readyz").status_code == 200
            assert ours.get(f"https://127.0.0.1:{base + 200}/").status_code == 200
        with httpx.Client(trust_env=False) as others:
            with pytest.raises(httpx.ConnectError):
                others.get(f"https://127.0.0.1:{base}/readyz")
            with pytest.raises(httpx.TransportError):
                others.get(f"http://127.0.0.1:{base}/readyz")
        assert "Hồ sơ tiếp nhận" in iochub("figure", "dossiers_received", data=hub.data)
        assert "BAD" not in iochub("doctor", data=hub.data)
    finally:
        if hub.process is not None and hub.process.poll() is None:
            hub.stop()


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--host", "0.0.0.0"), "--behind-proxy"),
        (("--tls-cert", "nowhere.crt", "--tls-key", "nowhere.key"), "nowhere.crt"),
        (("--tls-cert", "only.crt"), "--tls-key"),
    ],
)
def test_up_refuses_doors_that_would_not_be_safe(
    tmp_path: Path, options: tuple[str, ...], names: str
) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "iochub", "up", "--data", str(tmp_path / "data"), *options],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert names in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()
