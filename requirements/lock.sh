#!/usr/bin/env bash
# Pins every dependency by version and hash: runtime.txt and, on top of the same versions, dev.txt.
#
# The result is universal (Linux and macOS, Python 3.11 and later) and names no index, so pip
# takes the files from wherever it is configured to look.
# Extras stay in the pins because pip before 24 does not see that `x==1` satisfies `x[extra]`.
# Present pins are kept where they still fit; `UPGRADE=1 requirements/lock.sh` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

uv_version=0.13.8 # the resolver; not a dependency, so it lives in a throw-away environment
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip --quiet install "uv==$uv_version"

compile() {
  "$tools/bin/uv" --quiet pip compile pyproject.toml \
    --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
    --constraint requirements/constraints.txt --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@" >/dev/null
}

compile --group build --output-file requirements/runtime.txt
# The constraint keeps `dev` a superset of `runtime`, never a second opinion.
compile --group build --group dev --constraint requirements/runtime.txt \
  --output-file requirements/dev.txt
