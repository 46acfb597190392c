#!/bin/sh
# Makes or repairs `.venv`: `environment.sh runtime` or `environment.sh dev` (runtime and the tools).
#
# A stamp, written last, holds a fingerprint of what the environment was made from: the pins, the
# Python and the place (scripts in an environment contain absolute paths). No stamp or another
# fingerprint means it is made anew, so an interrupted or outdated one is repaired by the next call.
set -eu
cd "$(dirname "$0")/.."
kind=$1

SELDOM='/site-packages/(githubkit_schemas|pip|setuptools|pkg_resources|mypy|mypyc|pygments/lexers)/|node_modules'

stop() {
  printf 'specloop: %s\n' "$1" >&2
  exit 1
}

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# PYTHON=... is taken at its word; otherwise the first on the path that is recent enough.
find_python() {
  if [ -n "${PYTHON:-}" ]; then
    command -v "$PYTHON" >/dev/null || stop "PYTHON=$PYTHON is not a command; name a Python of 3.11 or later."
    is_recent "$PYTHON" || stop "Python 3.11 or later is needed, and PYTHON=$PYTHON is $("$PYTHON" -V 2>&1)."
    found=$PYTHON
  else
    found=
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
      if is_recent "$name"; then found=$name && break; fi
    done
    [ -n "$found" ] || stop "Python 3.11 or later is needed, and none is on the PATH; install one or call make with PYTHON=/path/to/python."
  fi
  # Behind a virtual environment (perhaps the very one to be remade) stands the real interpreter.
  "$found" -c 'import sys; print(getattr(sys, "_base_executable", None) or sys.executable)'
}

check_git() {
  command -v git >/dev/null || stop "git 2.38 or later is needed, and none is on the PATH."
  version=$(git version | cut -d ' ' -f 3)
  major=${version%%.*}
  minor=${version#*.} && minor=${minor%%.*}
  [ "$major" -gt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -ge 38 ]; } ||
    stop "git 2.38 or later is needed (for 'git merge-tree --write-tree'), and this is $version."
}

fingerprint() { # of the files named, on this Python, in this place
  { cat "$@" && "$python" -VV && printf '%s\n' "$python" "$PWD"; } | git hash-object --stdin
}

stamp() { printf '.venv/.made-for-%s' "$1"; }

is_made() { [ "$(cat "$(stamp "$1")" 2>/dev/null)" = "$(fingerprint "requirements/$1.txt")" ]; }

pip_install() {
  .venv/bin/python -m pip --disable-pip-version-check -qq install --no-deps "$@"
}

make_environment() {
  printf 'specloop: making the environment (about a minute the first time)\n' >&2
  # A runtime environment in good order only needs the tools on top; anything else starts afresh.
  is_made runtime && afresh=no || afresh=yes
  rm -f .venv/.made-for-* # before anything is touched
  if [ "$afresh" = yes ]; then rm -rf .venv && "$python" -m venv .venv; fi
  # The pins are complete, so nothing is left to resolve (--no-deps); compiling all at once, on
  # every core, is faster than pip's file after file.
  pip_install --no-compile --require-hashes -r "requirements/$kind.txt" ||
    stop "the packages in requirements/$kind.txt could not be installed; the lines above say why."
  # Half of it is schemas and tools that are never imported, or not often.
  .venv/bin/python -m compileall -q -j 0 -x "$SELDOM" .venv/lib bot tests >/dev/null 2>&1 || true
}

install_project() { # again whenever pyproject.toml changes: it names the command and its entry
  pip_install --no-build-isolation -e . || stop "specloop itself could not be installed; the lines above say why."
}

python=$(find_python)
check_git
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  stop "$python lacks the modules venv and ensurepip; install them (Debian, Ubuntu: apt install python3-venv) or call make with PYTHON=/path/to/another."

# Once a developer's environment, always one: `make demo` must not take the tools away.
if [ -e "$(stamp dev)" ]; then kind=dev; fi

# One at a time. The lock is on an open file that this script, started again, and the commands it
# starts inherit: the system lets go of it when the last of them ends, however it ends.
lock_and_start_again() {
  ENVIRONMENT_IS_LOCKED=yes exec "$python" -c '
import fcntl, os, sys
lock = os.open(".venv.lock", os.O_CREAT | os.O_RDWR)
fcntl.flock(lock, fcntl.LOCK_EX)
os.set_inheritable(lock, True)
os.execvp("sh", ["sh", *sys.argv[1:]])' requirements/environment.sh "$kind"
}

if ! is_made "$kind"; then
  [ "${ENVIRONMENT_IS_LOCKED:-}" = yes ] || lock_and_start_again
  make_environment
  install_project
  fingerprint pyproject.toml >"$(stamp project)"
  if [ "$kind" = dev ]; then fingerprint requirements/runtime.txt >"$(stamp runtime)"; fi
  fingerprint "requirements/$kind.txt" >"$(stamp "$kind")"
elif [ "$(cat "$(stamp project)" 2>/dev/null)" != "$(fingerprint pyproject.toml)" ]; then
  install_project
  fingerprint pyproject.toml >"$(stamp project)"
fi
