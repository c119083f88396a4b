# shellcheck shell=bash
# What the scripts of this folder share. Sourced, never run. Everything they make is below $OUT, and nothing else.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${PEDAL_OUT:-$ROOT/out}

die() { echo "${0##*/}: $*" >&2; exit 1; }

need() { # PROGRAM PACKAGE ...: everything that is missing, in one line
    local missing=()
    while [ $# -gt 0 ]; do
        command -v "$1" >/dev/null || missing+=("$2")
        shift 2
    done
    [ ${#missing[@]} -eq 0 ] || die "install first: apt-get install --no-install-recommends ${missing[*]}"
}

need_root() { [ "$(id -u)" = 0 ] || die "needs root (it makes root file systems): sudo $0"; }

# The repositories that this host's apt takes Debian from, as "URI RELEASE" lines: no mirror is named here, so that a
# builder behind a mirror stays behind it.
debian_repositories() {
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u | sed -n 's/^Debian //p'
}

debian_mirror() { # the URI of the main archive
    local uri
    uri=$(debian_repositories | awk '$2 !~ /security|updates|backports/ { print $1; exit }')
    [ -n "$uri" ] || die "apt knows no Debian archive here: apt-get update, or look at /etc/apt/sources.list"
    echo "$uri"
}

debian_sources() { # SUITE: the lines of a sources.list with its updates and its security fixes
    local suite=$1 security
    security=$(debian_repositories | awk '$2 ~ /security/ { print $1; exit }')
    echo "deb $(debian_mirror) $suite main"
    echo "deb $(debian_mirror) $suite-updates main"
    [ -z "$security" ] || echo "deb $security $suite-security main"
}

# A builder behind a proxy or with an authority of its own has said so in these variables already.
network_settings() {
    env | grep -E '^(PIP_|UV_|SSL_CERT_FILE=|NODE_EXTRA_CA_CERTS=|npm_config_|(https?|no|all)_proxy=)' | grep -v '^PIP_FIND_LINKS=/' || true
}

# Run a command in the root file system $1 with this host's network. The mounts live in a namespace that ends with the
# command, so that no failure can leave one behind in a tree which somebody is about to delete. BIND=HOST:INSIDE shows it
# one folder of the host besides.
in_root() { # ROOT COMMAND ...
    local root=$1 settings
    shift
    mapfile -t settings < <(network_settings)
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child bash -euc '
        root=$1; shift
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mount -t tmpfs tmpfs "$root/run"
        if [ -n "${BIND:-}" ]; then mkdir -p "$root${BIND#*:}"; mount --bind "${BIND%%:*}" "$root${BIND#*:}"; fi
        [ -L "$root/etc/resolv.conf" ] || { touch "$root/etc/resolv.conf"; mount --bind /etc/resolv.conf "$root/etc/resolv.conf"; }
        exec chroot "$root" "$@"
    ' in_root "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        "${settings[@]}" "$@"
}

seconds() { # COMMAND ...: run it and leave its wall time in $took_s
    local start end status=0
    start=$(date +%s%N)
    "$@" || status=$?
    end=$(date +%s%N)
    took_s=$(printf '%d.%d' $(((end - start) / 1000000000)) $(((end - start) / 100000000 % 10)))
    return "$status"
}

digest() { sha256sum | cut -c1-16; }

# What an installed pedal is made of, as a tar of the files as they are now; what git does not know of stays out.
tracked_files() {
    git -C "$ROOT" -c safe.directory="$ROOT" ls-files -z -- pedal dsp hardware webui sync deploy systemd image/layers \
        pyproject.toml requirements.lock README.md LICENSE NOTICE |
        tar -C "$ROOT" --null --ignore-failed-read --warning=no-failed-read --sort=name -T - -cf -
}
