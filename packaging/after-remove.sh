#!/bin/sh
# Runs as root when the files of the package are gone, for dpkg and for rpm.
set -e

if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database -q /usr/share/applications || true
fi
exit 0
