#!/usr/bin/env bash
# Put this checkout into the virtual environment $1, editable. setuptools comes from the environment, not from a build
# sandbox of its own, so that nothing outside the hashed lock is ever fetched.
set -euo pipefail
venv=${1:?usage: $0 VENV}
VIRTUAL_ENV=$venv "$venv/bin/uv" pip install -q --no-build-isolation --no-deps --compile-bytecode -e .
