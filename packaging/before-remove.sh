#!/bin/sh
# Runs as root before the files of the package go, for dpkg ("remove", "upgrade", ...) and for rpm (how many versions stay).
set -e

app=/opt/Snapferry
service="$app/resources/service"
profile=/etc/apparmor.d/snapferry-desktop

case "$1" in
  # The next version takes the place of this one: its own script goes on with the same service.
  upgrade | failed-upgrade | deconfigure | 1 | 2) exit 0 ;;
esac

if [ -e "$profile" ] && apparmor_status --enabled >/dev/null 2>&1; then
  apparmor_parser --remove "$profile" >/dev/null 2>&1 || true
fi

# Stops the service and takes away what was put elsewhere. Configuration, history and everything on ZFS stay.
if [ -x "$service/node" ]; then
  "$service/node" "$service/snapferry.mjs" uninstall-service --package --in-place || true
fi
exit 0
