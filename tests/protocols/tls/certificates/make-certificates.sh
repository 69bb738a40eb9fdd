#!/bin/sh
# Makes the keys and certificates of the simulated hosts, here and in the worlds: an authority, and one
# RSA-2048 key and certificate for each host. They are public, protect nothing, and are valid from 2020 to 2050,
# so that they are valid at whatever date a world starts. Needs OpenSSL 3; run it in the folder for the files.
#
#   sh make-certificates.sh mta1.acme.example mail.example.com
#
# A run again makes other keys: tests that compare bytes then need other bytes too.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat > "$dir/ca.cnf" <<CONF
[ca]
default_ca = here
[here]
database = $dir/index
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[host]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = \$ENV::names
CONF
: > "$dir/index"
export names=

# issue NAME SECTION KEY-OUT CERTIFICATE-OUT [openssl ca arguments]
issue() {
  name=$1 section=$2 key=$3 certificate=$4
  shift 4
  openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key" 2>/dev/null ||
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key" 2>/dev/null
  openssl req -new -key "$key" -subj "/CN=$name" -out "$dir/request"
  openssl ca -batch -notext -config "$dir/ca.cnf" -extensions "$section" -in "$dir/request" -out "$certificate" \
    -startdate 20200101000000Z -enddate 20500101000000Z "$@" 2>/dev/null
}

issue 'Postroom Test CA' authority "$dir/ca.key" ca.pem -selfsign -keyfile "$dir/ca.key"
for host in "$@"; do
  names="DNS:$host"
  issue "$host" host "$host.key" "$host.pem" -keyfile "$dir/ca.key" -cert ca.pem
done
