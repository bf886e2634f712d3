#!/usr/bin/env bash
# Installs the browser that the tests of pages need, unless there is one. For Debian and what derives from it, as root.
set -euo pipefail

if command -v chromium >/dev/null; then
  echo "chromium is there: $(command -v chromium)"
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo 'chromium is not installed, and only root can install it, with apt-get: apt-get install chromium' >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
timeout 300 apt-get update -qq
timeout 600 apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
command -v chromium
