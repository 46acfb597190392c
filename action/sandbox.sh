# Without a sandbox that works no agent starts, and no gate either: both run what was written here.
set -eu
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
if ! command -v bwrap >/dev/null; then
  as_root apt-get update -qq
  as_root apt-get install -y -qq bubblewrap
fi
# Ubuntu keeps programs from making user namespaces unless a profile allows it; docs/sandbox.md.
if [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
  as_root tee /etc/apparmor.d/bwrap >/dev/null <<'PROFILE'
abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/bwrap>
}
PROFILE
  as_root apparmor_parser -r /etc/apparmor.d/bwrap
fi
if ! bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true; then
  echo "::error::bubblewrap cannot make a sandbox on this runner, so no agent starts and no gate."
  exit 1
fi
