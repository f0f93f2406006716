#!/usr/bin/env bash
# Makes the certificates and signatures that lie beside it, with new keys that it throws away. Needs OpenSSL 3.
#
#   Fixtures/signatures/make.sh
#
# All certificates are valid from now on: for 36,500 days, `brief.pem` and what it signs for 30. KEY-HASH.b64 is the
# signature of message.txt, as the properties of an image have it.
set -euo pipefail
cd "$(dirname "$0")"
keys=$(mktemp -d)
trap 'rm -r "$keys"' EXIT
rm -f ./*.pem ./*.b64
printf 'An image is signed over all of its bytes.\n' >message.txt

key() { # NAME, and how
    local name=$1
    shift
    openssl genpkey -out "$keys/$name.key" "$@" 2>/dev/null
}
ec() { key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2"; }
rsa() { key "$1" -algorithm RSA -pkeyopt "rsa_keygen_bits:$2"; }

ca='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
end='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature'

# NAME ISSUER EXTENSIONS [days] [options]: a certificate for the key NAME, signed by ISSUER, or by itself.
certificate() {
    local name=$1 issuer=$2 extensions=$3 days=${4:-36500}
    shift $(($# < 4 ? $# : 4))
    openssl req -new -key "$keys/$name.key" -subj "/O=Kilonova tests/CN=$name" -out "$keys/$name.csr"
    local signer=(-CA "$issuer.pem" -CAkey "$keys/$issuer.key")
    if [ "$issuer" = "$name" ]; then signer=(-key "$keys/$name.key"); fi
    openssl x509 -req -in "$keys/$name.csr" "${signer[@]}" -set_serial "0x$(openssl rand -hex 8)" -days "$days" \
        -extfile <(printf '%s\n' "$extensions") -out "$name.pem" "$@" 2>/dev/null
}

rsa root 2048 && certificate root root "$ca"
ec intermediate P-384 && certificate intermediate root "${ca/CA:TRUE/CA:TRUE,pathlen:0}"
ec below P-256 && certificate below intermediate "$ca"
ec deep P-256 && certificate deep below "$end"

# What signs images.
rsa rsa 2048 && certificate rsa root "$end"
rsa rsa4096 4096 && certificate rsa4096 root "$end"
ec p256 P-256 && certificate p256 intermediate "$end"
ec p384 P-384 && certificate p384 root "$end"
ec p521 P-521 && certificate p521 root "$end"

# Signers that may not sign, and what they signed.
ec plain P-256 && certificate plain root "$end"
ec under-plain P-256 && certificate under-plain plain "$end"
ec unbound P-256 && certificate unbound root 'subjectKeyIdentifier=hash'
ec under-unbound P-256 && certificate under-unbound unbound "$end"
ec unfit P-256 && certificate unfit root "${ca/keyCertSign,cRLSign/digitalSignature}"
ec under-unfit P-256 && certificate under-unfit unfit "$end"
ec brief P-256 && certificate brief root "$ca" 30
ec under-brief P-256 && certificate under-brief brief "$end"
ec alone P-256 && certificate alone alone "$end"

# Another root of the same name.
mv root.pem "$keys/root.pem" && mv "$keys/root.key" "$keys/first.key"
rsa root 2048 && certificate root root "$ca" && mv root.pem impostor.pem
mv "$keys/root.pem" root.pem && mv "$keys/first.key" "$keys/root.key"

# Two authorities that sign each other, and no root.
ec left P-256 && certificate left left "$ca"
ec right P-256 && certificate right left "$ca"
certificate left right "$ca"
ec under-left P-256 && certificate under-left left "$end"

# What is not supported.
openssl dsaparam -genkey -out "$keys/dsa.key" 2048 2>/dev/null && certificate dsa dsa "$end"
for curve in sect571k1 sect571r1 sect409k1 sect409r1 secp256k1; do
    ec "$curve" "$curve" && certificate "$curve" "$curve" "$end"
done
rsa rsa1024 1024 && certificate rsa1024 root "$end"
ec by-sha224 P-256 && certificate by-sha224 p384 "$end" 36500 -sha224
ec by-pss P-256 && certificate by-pss root "$end" 36500 -sigopt rsa_padding_mode:pss

# NAME KEY HASH [options]
sign() {
    local name=$1 key=$2 hash=$3
    shift 3
    openssl dgst "-$hash" -sign "$keys/$key.key" "$@" message.txt | openssl base64 -A >"$name.b64"
}
for hash in sha224 sha256 sha384 sha512; do
    for key in rsa rsa4096; do
        sign "$key-$hash" "$key" "$hash" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max
    done
    for key in p256 p384 p521; do sign "$key-$hash" "$key" "$hash"; done
done
sign rsa-short-salt rsa sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign rsa-pkcs1 rsa sha256
