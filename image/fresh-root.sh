#!/usr/bin/env bash
# Prove a make target on a machine that has nothing: a fresh Debian root with `make` alone, a clean clone of HEAD, and
# the target run twice. usage: fresh-root.sh bookworm|trixie TARGET
# The target "install" is deploy/install.sh instead: twice, with its settings kept, and then its --uninstall.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
suite=${1:?usage: $0 bookworm|trixie TARGET}
target=${2:?usage: $0 bookworm|trixie TARGET}
label="make $target"
[ "$target" != install ] || label=deploy/install.sh
need_root
need debootstrap debootstrap git git
mkdir -p "$OUT/fresh"
log=$OUT/fresh/$suite-$target.log
archive=$OUT/fresh/$suite.tar
root=$(mktemp -d "$OUT/fresh/$suite.XXXXXX")
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT

bootstrap() {
    debootstrap --variant=minbase --include=make "$suite" "$root" "$(debian_mirror)" >"$log" 2>&1 || return 1
    debian_sources "$suite" >"$root/etc/apt/sources.list"
    rm -f "$root"/var/cache/apt/archives/*.deb "$root/etc/resolv.conf"
    tar -C "$root" -cf "$archive.part" . && mv "$archive.part" "$archive"
}

if [ -e "$archive" ]; then
    tar -C "$root" -xf "$archive"
else
    seconds bootstrap || { tail -20 "$log" >&2; die "debootstrap of $suite failed"; }
    echo "$suite root made in $took_s s, kept as $archive"
fi
git clone -q --no-hardlinks "$ROOT" "$root/src"
# An authority that this host trusts is trusted there as soon as Debian's ca-certificates is installed.
mkdir -p "$root/usr/local/share/ca-certificates"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} +

# `make run` does not end by itself: it has done its work when the page answers, and then it is asked to stop.
# shellcheck disable=SC2016
until_page='make -C /src run & pid=$!
    until (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; do kill -0 $pid || exit 1; sleep 0.2; done
    echo "the page answers"; kill -TERM $pid; wait $pid || test $? = 2 -o $? = 143'
once() {
    if [ "$target" = run ]; then
        in_root "$root" bash -c "$until_page"
    elif [ "$target" = install ]; then
        in_root "$root" /src/deploy/install.sh --no-start && in_root "$root" /usr/local/bin/pedal --help
    else
        in_root "$root" make -C /src "$target"
    fi </dev/null >>"$log" 2>&1
}
: >"$log"
if [ "$target" = install ]; then # every machine that it is meant for has systemd
    in_root "$root" bash -c 'apt-get update -q && apt-get install -q -y --no-install-recommends systemd' >>"$log" 2>&1
fi
for run in first second; do
    seconds once || { tail -40 "$log" >&2; die "$label failed on $suite ($run time); all of it: $log"; }
    echo "$suite, $(git -C "$ROOT" rev-parse --short HEAD): $label, $run time: $took_s s"
done
[ "$target" = install ] || exit 0

echo '# mine' >>"$root/etc/pedal/pedal.toml"
once && grep -q '^# mine$' "$root/etc/pedal/pedal.toml" || die "install.sh has overwritten pedal.toml; all of it: $log"
mkdir -p "$root/var/lib/pedal" && touch "$root/var/lib/pedal/a-session"
in_root "$root" /src/deploy/install.sh --uninstall >>"$log" 2>&1 || die "--uninstall failed; all of it: $log"
for gone in /opt/pedal /usr/local/bin/pedal /etc/systemd/system/pedal.service /etc/udev/rules.d/60-pedal.rules; do
    [ ! -e "$root$gone" ] && [ ! -L "$root$gone" ] || die "--uninstall has left $gone"
done
for kept in /etc/pedal/pedal.toml /var/lib/pedal/a-session; do
    [ -e "$root$kept" ] || die "--uninstall has taken $kept"
done
echo "$suite: settings kept on the second run, sessions and settings kept by --uninstall"
