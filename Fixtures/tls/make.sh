#!/usr/bin/env bash
# Makes the certificates that lie beside it, with new keys: one of a server at 127.0.0.1, the authority that signed it, and another
# authority that did not. Only the server's key is kept. All are valid from 2020 to 2120, whatever the clock of the machine says. Needs
# OpenSSL 3.
#
#   Fixtures/tls/make.sh
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
rm -f ./*.pem
touch "$work/index.txt"
cat >"$work/ca.cnf" <<'CONFIG'
[ca]
default_ca = tests
[tests]
database = $ENV::WORK/index.txt
new_certs_dir = $ENV::WORK
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = optional
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
CONFIG

# NAME EXTENSIONS KEY, and who signs.
certificate() {
    local name=$1 extensions=$2 key=$3
    shift 3
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$key" -out "$work/$name.csr" \
        -subj "/O=Kilonova tests/CN=$name" 2>/dev/null
    WORK=$work openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$extensions" -in "$work/$name.csr" -out "$name.pem" \
        -startdate 20200101000000Z -enddate 21200101000000Z "$@" 2>/dev/null
}

certificate authority authority "$work/authority.key" -selfsign -keyfile "$work/authority.key"
certificate stranger authority "$work/stranger.key" -selfsign -keyfile "$work/stranger.key"
certificate server server server-key.pem -cert authority.pem -keyfile "$work/authority.key"
