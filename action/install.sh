# Lays a Python environment for specloop below $RUNNER_TEMP: the pinned packages, checked by their
# hashes and never built here, and this very checkout of specloop. Nothing of the repository that
# the job works for is read, and nothing is cached between jobs.
set -eu
place=$RUNNER_TEMP/specloop-python
pins=$GITHUB_ACTION_PATH/requirements/runtime.txt
if ! version=$(python3 -I -c 'import sys; assert sys.version_info >= (3, 11); print(sys.implementation.cache_tag)' 2>/dev/null); then
  echo "::error::specloop needs Python 3.11 or later as \`python3\`, which ubuntu-24.04 has."
  exit 2
fi
python3 -I -m venv --without-pip "$place"

# An image of one's own can bring the packages for these very pins; nothing here writes there.
packages=${RUNNER_TOOL_CACHE:-/nonexistent}/specloop/$(sha256sum "$pins" | cut -c -16)-$version
if [ ! -d "$packages" ]; then
  packages=$place/packages
  python3 -I -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes \
    --only-binary :all: --no-compile --root-user-action ignore --target "$packages" --requirement "$pins"
fi
site=$("$place/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$GITHUB_ACTION_PATH" "$packages" >"$site/specloop.pth"
