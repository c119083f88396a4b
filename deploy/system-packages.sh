#!/usr/bin/env bash
# Install what only Debian has: `run` for using the pedal, `test` for its tests besides. Asks nobody, and does nothing
# when all is there. Without root and without sudo it says in one line what somebody with root should type.
set -euo pipefail

run=(python3 python3-venv ca-certificates libportaudio2)
test=(git jackd2 chromium fonts-dejavu-core libatomic1 npm systemd procps)
# Since Debian 13, what jackd2 used to have of small tools (jack_wait) is a package of its own.
if [ "$(sed -n 's/^VERSION_ID="\([0-9]*\)"/\1/p' /etc/os-release)" != 12 ]; then test+=(jack-example-tools); fi

case "${1:-run}" in
    run) wanted=("${run[@]}") ;;
    test) wanted=("${run[@]}" "${test[@]}") ;;
    *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

provides() { # a program that is there by another way than its Debian package is there
    case "$1" in
        python3) command -v python3 ;;
        python3-venv) python3 -c 'import ensurepip, venv' 2>&1 ;;
        npm | git) command -v "$1" ;;
        *) return 1 ;;
    esac >/dev/null
}

missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || provides "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
else
    echo "missing Debian packages; ask somebody with root for: apt-get install --no-install-recommends ${missing[*]}" >&2
    # Sound cards, fonts and test rigs may be absent; Python itself may not.
    python3 -c 'import ensurepip, venv' || exit 1
    exit 0
fi
echo "installing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q >/dev/null
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
