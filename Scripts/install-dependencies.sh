#!/usr/bin/env bash
# Installs the system packages that are missing. Does nothing, and needs no rights, when all are there.
set -euo pipefail

packages=()
need() { # need COMMAND-OR-HEADER PACKAGE
    case "$1" in
    /*) [ -e "$1" ] || packages+=("$2") ;;
    *) command -v "$1" >/dev/null || packages+=("$2") ;;
    esac
}

need /usr/include/ncurses.h libncurses-dev
need /usr/include/sqlite3.h libsqlite3-dev
need /usr/include/zlib.h zlib1g-dev
if [ "${1:-}" = test ]; then
    need tmux tmux
    need kubectl kubernetes-client
    need iptables-restore iptables
    need rsvg-convert librsvg2-bin
    python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
fi

[ ${#packages[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "Drydock needs these packages, and this system has no apt-get to install them: ${packages[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Install as root: apt-get install ${packages[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
echo "Installing ${packages[*]}"
"${as_root[@]}" apt-get update -qq || true
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
