#!/usr/bin/env bash
# Build the amd64 root file system of the appliance from layers/ and print its folder as the last line. The layer base
# is mmdebstrap's and is kept by what goes into it; a second build with nothing changed prints the folder at once.
# usage: build.sh LAYER ... (base app test)
set -euo pipefail
source "$(dirname "$0")/lib.sh"
suite=trixie
architecture=amd64
layers=("$@")
[ "${layers[0]:-}" = base ] || die "the first layer is base: $0 base app [test]"
need_root
need mmdebstrap mmdebstrap
mkdir -p "$OUT/image"

packages() { grep -hv '^#' "$ROOT/image/layers/base/packages" | tr -s ' \n' ',' | sed 's/,$//'; }

base_key=$({ packages; echo "$suite $architecture"; debian_mirror; } | digest)
base=$OUT/image/base-$base_key.tar
make_base() {
    local sources=$OUT/image/sources.list
    debian_sources "$suite" >"$sources"
    # Everything comes in by --include: an apt called from a hook has once installed into the host.
    mmdebstrap --quiet --mode=root --variant=minbase --architectures="$architecture" --include="$(packages)" \
        --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='rm -f "$1/etc/resolv.conf"; : >"$1/etc/machine-id"' \
        "$suite" "$base.part.tar" "$sources" && mv "$base.part.tar" "$base"
}
if [ ! -e "$base" ]; then
    seconds make_base || die "mmdebstrap failed"
    echo "layer base: $took_s s" >&2
fi

unpack() { mkdir -p "$1" && tar -C "$1" -xf "$base"; }

# The wheels are chosen and checked by the very Python that will run them, in a root of their own.
wheels=$OUT/image/wheels-$({ echo "$base_key"; cat "$ROOT/requirements.lock"; } | digest)
fetch_wheels() {
    local root
    root=$(mktemp -d "$OUT/image/wheels.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf --one-file-system '$root'" RETURN
    unpack "$root"
    mkdir -p "$root/usr/local/share/ca-certificates" "$wheels.part"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} +
    cp "$ROOT/requirements.lock" "$root/tmp/"
    BIND=$wheels.part:/tmp/wheels in_root "$root" bash -euc '
        update-ca-certificates >/dev/null 2>&1
        python3 -m venv /tmp/venv
        pip() { /tmp/venv/bin/python -m pip download -q --disable-pip-version-check --only-binary :all: --no-deps -d /tmp/wheels "$@"; }
        pip --require-hashes -r /tmp/requirements.lock
        pip "uv>=0.5"' && mv "$wheels.part" "$wheels"
}
if [ ! -e "$wheels" ]; then
    seconds fetch_wheels >&2 || die "the wheels of requirements.lock could not be fetched"
    echo "wheels: $took_s s" >&2
fi

key=$({ echo "$base_key ${layers[*]}"; tracked_files | tar -xOf - ; tracked_files | tar -tvf - | awk '{ print $1, $6 }'; } | digest)
root=$OUT/image/root-$key
add_layers() {
    local layer
    rm -rf --one-file-system "$OUT"/image/root-*
    unpack "$root.part" || return 1
    for layer in "${layers[@]:1}"; do
        seconds "$ROOT/image/layers/$layer/customize.sh" "$root.part" "$wheels" >&2 || return 1
        echo "layer $layer: $took_s s" >&2
    done
    mv "$root.part" "$root"
}
[ -e "$root" ] || add_layers || die "a layer failed"
echo "$root"
