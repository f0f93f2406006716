#!/usr/bin/env bash
# Which signatures of images are good depends on the version of cryptography below cursive, and the most common curve is never good.
#
# Packages: cursive 0.3.1 with cryptography 50.0.2, and cursive 0.2.3 with 38.0.4 as in Debian 12 (PyPI). cursive verifies the signatures
# of images for Glance, Nova and Cinder. It asks for RSA-PSS with the longest salt, and names six elliptic curves. One expects that only
# signatures with the longest salt are good, that the six curves are, and that P-256 is. Instead:
#   * With cryptography 50 (and from 42 on) a salt of any length is good, also none. With 38 only the longest is.
#   * P-256 has no key type: ECC_SECP256R1 is unknown.
#   * Four of the six curves, which Glance's documentation lists, are unknown with cryptography 50, because it has no binary curves any
#     more: ECC_SECT571K1, ECC_SECT409K1, ECC_SECT571R1, ECC_SECT409R1. P-384 and P-521 are left.
#
# Why it matters: two services of one cloud with different versions disagree: an image that was accepted at its upload does not boot.
# Images signed on a binary curve stop booting with an upgrade of a Python package. A service that insists on the longest salt, as cursive's
# source reads, refuses images that current Glance and Nova accept; key management services often sign with a salt as long as the hash. A
# new verifier should accept a salt of any length, P-384 and P-521, and name salt, curve and key type in its refusal. Signatures with the
# longest salt (openssl dgst -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max) or on P-384 are good everywhere.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to PyPI.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >verify.py <<'P'
import base64
import datetime
import logging
import warnings
from unittest import mock

logging.disable()
warnings.simplefilter("ignore")
import cryptography
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cursive import signature_utils

DATA = b"the bytes of an image"


def certificate(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    now = datetime.datetime.utcnow()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


def show(title, key, key_type, signature):
    # The certificate would come from the key manager.
    with mock.patch.object(signature_utils, "get_certificate", return_value=certificate(key)):
        try:
            verifier = signature_utils.get_verifier(None, "id", "SHA-256", base64.b64encode(signature), key_type)
            verifier.update(DATA)
            verifier.verify()
            verdict = "good"
        except Exception as refusal:
            verdict = "unknown" if "key type" in str(refusal) else type(refusal).__name__
    print(f"cryptography {cryptography.__version__}, {title}: {verdict}")


key = rsa.generate_private_key(65537, 2048)
for salt in (0, 20, hashes.SHA256.digest_size, 222):
    rule = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    show(f"RSA-PSS with a salt of {salt} bytes", key, "RSA-PSS", key.sign(DATA, rule, hashes.SHA256()))
for name in ("SECP521R1", "SECP384R1", "SECP256R1", "SECT571K1", "SECT409K1", "SECT571R1", "SECT409R1"):
    key = ec.generate_private_key(getattr(ec, name, ec.SECP384R1)())
    show(f"ECC_{name}", key, f"ECC_{name}", key.sign(DATA, ec.ECDSA(hashes.SHA256())))
P
for versions in "cursive==0.2.3 cryptography==38.0.4" "cursive==0.3.1 cryptography==50.0.2"; do
    python3 -m venv --clear venv
    # shellcheck disable=SC2086
    venv/bin/pip install -q --no-compile $versions setuptools==66.1.1 2>/dev/null || exit 77
    venv/bin/python verify.py >>seen
done
cat seen
diff - seen <<'T' || { echo "changed: see the lines above"; exit 1; }
cryptography 38.0.4, RSA-PSS with a salt of 0 bytes: InvalidSignature
cryptography 38.0.4, RSA-PSS with a salt of 20 bytes: InvalidSignature
cryptography 38.0.4, RSA-PSS with a salt of 32 bytes: InvalidSignature
cryptography 38.0.4, RSA-PSS with a salt of 222 bytes: good
cryptography 38.0.4, ECC_SECP521R1: good
cryptography 38.0.4, ECC_SECP384R1: good
cryptography 38.0.4, ECC_SECP256R1: unknown
cryptography 38.0.4, ECC_SECT571K1: good
cryptography 38.0.4, ECC_SECT409K1: good
cryptography 38.0.4, ECC_SECT571R1: good
cryptography 38.0.4, ECC_SECT409R1: good
cryptography 50.0.2, RSA-PSS with a salt of 0 bytes: good
cryptography 50.0.2, RSA-PSS with a salt of 20 bytes: good
cryptography 50.0.2, RSA-PSS with a salt of 32 bytes: good
cryptography 50.0.2, RSA-PSS with a salt of 222 bytes: good
cryptography 50.0.2, ECC_SECP521R1: good
cryptography 50.0.2, ECC_SECP384R1: good
cryptography 50.0.2, ECC_SECP256R1: unknown
cryptography 50.0.2, ECC_SECT571K1: unknown
cryptography 50.0.2, ECC_SECT409K1: unknown
cryptography 50.0.2, ECC_SECT571R1: unknown
cryptography 50.0.2, ECC_SECT409R1: unknown
T
