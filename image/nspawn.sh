#!/usr/bin/env bash
# Boot the appliance's root file system with its real units in a container, on the simulated board, let it be tried
# out (layers/test), and print the report. The whole journal of the last time is below $OUT/nspawn.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
need_root
need systemd-nspawn systemd-container mmdebstrap mmdebstrap
root=$(mktemp)
seconds "$ROOT/image/build.sh" base app test >"$root" || { rm -f "$root"; exit 1; }
root=$(cat "$root"; rm -f "$root")
echo "root file system: $took_s s, $(du -sm --exclude=proc "$root" | cut -f1) MB"

found=$OUT/nspawn
rm -rf "$found"
mkdir -p "$found"
boot() {
    # The overlay forgets what a run has written. No network but loopback: the pedal must come up without one. The
    # engine schedules and locks memory as on a Pi, which containers do not get by themselves.
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout 300 systemd-nspawn --quiet --register=no --keep-unit --directory="$root" \
        --volatile=overlay --private-network --bind="$found:/run/acceptance" \
        --capability=CAP_SYS_NICE,CAP_IPC_LOCK --system-call-filter="@memlock @resources" --boot \
        systemd.unit=multi-user.target systemd.wants=pedal-acceptance.service </dev/null >"$found/console" 2>&1
}
seconds boot || echo "the container ended badly: $found/console"
cat "$found/report" 2>/dev/null || { tail -20 "$found/console"; die "the container did not get as far as a report"; }
echo "boot, trial and power-off: $took_s s"
[ "$(cat "$found/status" 2>/dev/null)" = 0 ] || {
    grep -E 'pedal.service|python\[' "$found/journal" | tail -20
    die "the trial failed; the whole journal: $found/journal"
}
