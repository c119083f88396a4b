#!/usr/bin/env bash
# The pedal itself, by its own installer, into the root file system $1; its Python packages come from the folder $2.
set -euo pipefail
source "$(dirname "$0")/../../lib.sh"
root=$1
mkdir -p "$root/tmp/pedal-source"
tracked_files | tar -C "$root/tmp/pedal-source" --no-same-owner -xf -
BIND=$2:/tmp/wheels in_root "$root" /tmp/pedal-source/deploy/install.sh --no-start --wheels /tmp/wheels
rm -rf --one-file-system "$root/tmp/pedal-source"
rmdir "$root/tmp/wheels"
echo pedal >"$root/etc/hostname"
