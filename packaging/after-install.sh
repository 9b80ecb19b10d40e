#!/bin/sh
# Runs as root when the files of the package are in place, for dpkg and for rpm, the first time and at every upgrade.
set -e

app=/opt/Snapferry
service="$app/resources/service"
profile=/etc/apparmor.d/snapferry-desktop

# Root runs what is in here, so nobody else may change it.
chown -R root:root "$app"
chmod -R go-w "$app"

# Where the kernel has no user namespaces, Chromium's sandbox needs a helper with the rights of root.
if [ -e "$app/chrome-sandbox" ]; then
  if [ -L /proc/self/ns/user ] && unshare --user true 2>/dev/null; then
    chmod 0755 "$app/chrome-sandbox"
  else
    chmod 4755 "$app/chrome-sandbox"
  fi
fi

# Unit, polkit, group, folders, menu; starts the service, or starts it anew after an upgrade: what was being sent is resumed.
# Where there is no systemd (an image that is being built), the files are there and the rest is done at the next start.
"$service/node" "$service/snapferry.mjs" install-service --package --in-place ||
  echo 'snapferry: the service could not be started now; see above.' >&2

# An AppArmor that does not know this kind of profile does not forbid what it would allow, either.
if [ -e "$profile" ]; then
  if ! command -v apparmor_parser >/dev/null 2>&1 ||
    ! apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
    rm -f "$profile"
  elif apparmor_status --enabled >/dev/null 2>&1; then
    apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
  fi
fi

if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database -q /usr/share/applications || true
fi
exit 0
