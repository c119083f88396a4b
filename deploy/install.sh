#!/usr/bin/env bash
# Install this checkout as the pedal's service on Debian or Raspberry Pi OS. Run it again to update: what is there
# already stays. usage: install.sh [--no-start] [--wheels DIR] | --uninstall
#   --no-start    install and enable, but do not start (for images, and for a look at pedal.toml first)
#   --wheels DIR  take every Python package from DIR instead of the network; the hashes of the lock hold all the same
#   --uninstall   remove the program and the service; recordings and settings stay
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/.." && pwd)
opt=/opt/pedal
config=/etc/pedal/pedal.toml
data=/var/lib/pedal

say() { echo "pedal: $*"; }
die() { echo "install.sh: $1" >&2; exit "${2:-1}"; }
booted() { [ -d /run/systemd/system ]; } # not in a chroot: there, units can be enabled but not started
is_pi() { grep -qs 'Raspberry Pi' /proc/device-tree/model; }

start=yes wheels='' action=install
while [ $# -gt 0 ]; do
    case "$1" in
        --no-start) start=no ;;
        --wheels) wheels=$(realpath -e -- "${2:-}") || die "--wheels needs a folder of wheels" 2; shift ;;
        --uninstall) action=uninstall ;;
        *) die "what is '$1'? usage: $0 [--no-start] [--wheels DIR] | --uninstall" 2 ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || die "needs root: sudo $0"
command -v apt-get >/dev/null || die "this is neither Debian nor Raspberry Pi OS: there is no apt-get here"
case "$(dpkg --print-architecture)" in # a 32-bit Raspberry Pi OS has a 64-bit kernel, so `uname` would not tell
    amd64 | arm64) ;;
    *) die "needs a 64-bit system: take the 64-bit Raspberry Pi OS" ;;
esac
command -v systemctl >/dev/null || die "needs systemd, which starts and watches the pedal: apt-get install systemd"

put() { # SOURCE TARGET MODE: copy where different, and say so
    cmp -s "$1" "$2" && return 0
    install -D -m "$3" "$1" "$2"
    say "wrote $2"
}

make_user() {
    local group
    for group in audio gpio i2c; do getent group "$group" >/dev/null || { groupadd --system "$group"; say "made the group $group"; }; done
    getent passwd pedal >/dev/null || {
        useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin pedal
        say "made the user pedal, without a password or a shell"
    }
    usermod --append --groups audio,gpio,i2c pedal
}

# uv works from a folder that goes away again, the build from a copy: neither stays on the pedal nor writes into the checkout.
make_venv() {
    local scratch index=()
    scratch=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$scratch'" EXIT
    [ -z "$wheels" ] || index=(--no-index --find-links "$wheels")
    python3 -m venv "$scratch/tools"
    "$scratch/tools/bin/python" -m pip install -q --disable-pip-version-check "${index[@]}" 'uv>=0.5'
    [ -x "$opt/venv/bin/python" ] || { python3 -m venv --without-pip "$opt/venv"; say "made $opt/venv"; }
    export VIRTUAL_ENV=$opt/venv UV_NO_CACHE=1
    "$scratch/tools/bin/uv" pip sync -q "${index[@]}" --require-hashes --no-build --compile-bytecode "$source_dir/requirements.lock"
    mkdir "$scratch/source"
    tar -C "$source_dir" --exclude=__pycache__ -cf - pyproject.toml README.md LICENSE NOTICE pedal dsp hardware webui sync |
        tar -C "$scratch/source" --no-same-owner -xf -
    "$scratch/tools/bin/uv" pip install -q --no-index --no-deps --no-build-isolation --compile-bytecode "$scratch/source"
    say "installed the program and $(wc -l < <(grep -E '^[a-z].*==' "$source_dir/requirements.lock")) locked packages in $opt/venv"
    if is_pi; then
        "$source_dir/deploy/build-lgpio.sh" "$opt/venv/bin/python" "$opt/wheels" "${index[@]}"
        "$scratch/tools/bin/uv" pip install -q --no-index --no-deps --find-links "$opt/wheels" --compile-bytecode lgpio
        say "installed lgpio"
    fi
    local file
    for file in README.md LICENSE NOTICE; do put "$source_dir/$file" "$opt/$file" 644; done
    ln -sfn "$opt/venv/bin/pedal" /usr/local/bin/pedal
}

make_config() {
    if [ -e "$config" ]; then
        say "kept $config"
    else
        install -d -m 755 /etc/pedal
        install -m 640 -o root -g pedal "$source_dir/deploy/pedal.toml" "$config" # it may hold the key of the cloud
        say "wrote $config: pins, sound card and cloud are set there"
    fi
}

make_devices() {
    put "$source_dir/deploy/60-pedal.rules" /etc/udev/rules.d/60-pedal.rules 644
    put "$source_dir/deploy/modules-load.conf" /etc/modules-load.d/pedal.conf 644
    ! booted || { udevadm control --reload && udevadm trigger --subsystem-match=gpio --subsystem-match=i2c-dev; } || true
    is_pi && [ ! -e /dev/i2c-1 ] || return 0
    say "I2C is off, so there will be no screen: put dtparam=i2c_arm=on,i2c_arm_baudrate=400000 into /boot/firmware/config.txt and reboot"
}

make_service() {
    put "$source_dir/systemd/pedal.service" /etc/systemd/system/pedal.service 644
    ! booted || systemctl daemon-reload
    systemctl enable -q pedal.service
    say "enabled pedal.service: it starts at every boot"
    [ "$start" = yes ] || return 0
    booted || { say "not started: systemd does not run here"; return 0; }
    systemctl restart pedal.service || die "pedal.service does not start; the reason: journalctl -u pedal -n 50"
    say "started; what it sees: sudo -u pedal pedal doctor; what it says: journalctl -u pedal -f"
}

uninstall() {
    ! booted || systemctl disable -q --now pedal.service 2>/dev/null || true
    booted || systemctl disable -q pedal.service 2>/dev/null || true
    rm -f /etc/systemd/system/pedal.service /etc/udev/rules.d/60-pedal.rules /etc/modules-load.d/pedal.conf /usr/local/bin/pedal
    rm -rf "$opt"
    ! booted || systemctl daemon-reload
    say "removed the program, its service and its device rules"
    say "kept your sessions in $data, your settings in /etc/pedal, and the user pedal, who owns them"
}

if [ "$action" = uninstall ]; then
    uninstall
else
    "$source_dir/deploy/system-packages.sh" run
    make_user
    make_venv
    make_config
    make_devices
    make_service
fi
