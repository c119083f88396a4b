#!/usr/bin/env bash
# Make the wheel of lgpio for the Python $1 into the folder $2, once: PyPI has none for Python 3.13, and without a pin pip
# takes a 0.0.0.2 that holds nothing. Further arguments go to pip. usage: build-lgpio.sh PYTHON DIR [PIP OPTION ...]
set -euo pipefail
python=${1:?usage: $0 PYTHON DIR [PIP OPTION ...]}
into=${2:?usage: $0 PYTHON DIR [PIP OPTION ...]}
shift 2
version=0.2.2.0
sha256=11372e653b200f76a0b3ef8a23a0735c85ec678a9f8550b9893151ed0f863fff
tag=$("$python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')

compgen -G "$into/lgpio-$version-$tag-*.whl" >/dev/null && exit 0
needed=()
for package in gcc libc6-dev swig python3-dev; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || needed+=("$package")
done
if [ ${#needed[@]} -gt 0 ]; then
    echo "installing Debian packages to build lgpio: ${needed[*]}"
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${needed[@]}" >/dev/null
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/tools"
echo "lgpio==$version --hash=sha256:$sha256" >"$scratch/lgpio.txt"
mkdir -p "$into"
# PYPI=1 is lgpio's own switch for "with the C library inside"; setuptools comes from PYTHON, where the lock has put it.
PYPI=1 "$scratch/tools/bin/python" -m pip --python "$python" wheel -q --disable-pip-version-check --no-cache-dir --no-deps \
    --no-build-isolation --no-binary lgpio --require-hashes -r "$scratch/lgpio.txt" -w "$into" "$@"
