#!/bin/sh
# Finds the system libraries that Qt needs on Linux and does not bring along, and installs the
# missing ones. Silent where nothing is missing.
# Usage: installer/system-libraries.sh [PYTHON | --list]
#     PYTHON    any Python 3; it tries to load each library
#     --list    only print the Debian and Ubuntu packages, for the installers
# Exit codes: 0 everything there, 1 something is missing.
set -eu

# One line per Debian or Ubuntu package: its name and a library in it. Where Ubuntu 24.04 and
# Debian 13 have renamed one (libglib2.0-0t64), the new package answers to the old name.
table='
libdbus-1-3 libdbus-1.so.3
libegl1 libEGL.so.1
libfontconfig1 libfontconfig.so.1
libgl1 libGL.so.1
libglib2.0-0 libgthread-2.0.so.0
libwayland-cursor0 libwayland-cursor.so.0
libx11-xcb1 libX11-xcb.so.1
libxcb-cursor0 libxcb-cursor.so.0
libxcb-icccm4 libxcb-icccm.so.4
libxcb-image0 libxcb-image.so.0
libxcb-keysyms1 libxcb-keysyms.so.1
libxcb-randr0 libxcb-randr.so.0
libxcb-render-util0 libxcb-render-util.so.0
libxcb-shape0 libxcb-shape.so.0
libxcb-util1 libxcb-util.so.1
libxcb-xinerama0 libxcb-xinerama.so.0
libxkbcommon-x11-0 libxkbcommon-x11.so.0
libxkbcommon0 libxkbcommon.so.0
'
font_package=fonts-dejavu-core

if [ "${1:-}" = --list ]; then
    echo "$table" | awk 'NF { print $1 }'
    echo "$font_package"
    exit 0
fi
[ "$(uname -s)" = Linux ] || exit 0

missing=$(echo "$table" | "${1:-python3}" -c '
import ctypes, sys
for package, library in filter(None, map(str.split, sys.stdin)):
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
')
has_font() {
    find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" \
        "${HOME:-/nonexistent}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null | grep -q .
}
has_font || missing="$missing $font_package"

# shellcheck disable=SC2086 # one word per package is what is wanted
set -- $missing
[ $# -eq 0 ] || exec "$(dirname "$0")/apt-install.sh" "$@"
