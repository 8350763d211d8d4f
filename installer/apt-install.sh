#!/bin/sh
# Installs the named Debian or Ubuntu packages as root; otherwise prints the line that does.
# Usage: installer/apt-install.sh PACKAGE...
# Exit codes: 0 installed, 1 not installed (and said what to do).
set -eu

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install, under the names that your system has for them: $*"
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Please run this line once, then the same command again:"
    echo "    sudo apt-get install --no-install-recommends $*"
    exit 1
fi

install() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install --yes --no-install-recommends "$@" </dev/null
}

echo "== Installing system packages: $*"
# A fresh machine has no package lists, an older one may have outdated ones.
if ! find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | grep -q .; then
    apt-get update
    install "$@"
else
    install "$@" || { apt-get update && install "$@"; }
fi
