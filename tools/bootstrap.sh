#!/usr/bin/env bash
# Makes the machine ready for `make run` or `make test`: system packages, .venv, this package in it.
# Usage: tools/bootstrap.sh run|test. The Makefile calls it only when its stamp in .venv is out of date.
# A system package that cannot be installed costs one line, not the start: the assistant says what it lacks.
set -euo pipefail

purpose=$1
venv=.venv

say() { printf 'cramp-assistant: %s\n' "$*" >&2; }

# One line per package: how to tell that it is there, so that nothing is asked of apt in vain, and its name.
needed() {
    cat <<'LIST'
library libportaudio.so.2 libportaudio2
library libatomic.so.1 libatomic1
command espeak-ng espeak-ng
module ensurepip python3-venv
library libpangoft2-1.0.so.0 libpangoft2-1.0-0
library libharfbuzz-subset.so.0 libharfbuzz-subset0
package fonts-liberation fonts-liberation
LIST
    [ "$purpose" = run ] || cat <<'LIST'
command flite flite
command pulseaudio pulseaudio
command pactl pulseaudio-utils
package libasound2-plugins libasound2-plugins
LIST
}

present() {
    case $1 in
        # Not grep -q: it would leave before ldconfig has finished, which counts as a failure here.
        library) PATH=$PATH:/sbin ldconfig -p 2>/dev/null | grep -F "$2" >/dev/null ;;
        command) command -v "$2" >/dev/null ;;
        module) [ -x "$venv/bin/pip" ] || "$python" -c "import $2" 2>/dev/null ;;
        package) [ "$(dpkg-query -W -f='${db:Status-Status}' "$2" 2>/dev/null)" = installed ] ;;
    esac
}

missing() {
    needed | while read -r kind thing package; do
        present "$kind" "$thing" || printf '%s\n' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
    local packages
    mapfile -t packages < <(missing)
    [ ${#packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        say "there is no apt-get here; going on without ${packages[*]}"
        return 0
    fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        say "not root and no sudo; going on without ${packages[*]} (as root: apt-get install ${packages[*]})"
        return 0
    fi
    say "installing system packages: ${packages[*]}$([ "$(id -u)" = 0 ] || printf ' (with sudo)')"
    apt_install "${packages[@]}" || { as_root apt-get update -qq >"$log" 2>&1 </dev/null && apt_install "${packages[@]}"; } ||
        say "apt-get could not install them; going on without ${packages[*]}"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 </dev/null
}

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    say "Python 3.11, 3.12 or 3.13 is needed: install one, or name it with \`make PYTHON=...\`"
    return 1
}

create_environment() {
    [ -x "$venv/bin/pip" ] && return
    say "creating $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv" || {
        say "python3-venv is missing and could not be installed: install it, then try again"
        return 1
    }
}

install_assistant() {
    local what='.[report]'
    [ "$purpose" = run ] || what='.[test]'
    say "installing cramp-assistant and what it needs into $venv (this takes a few minutes the first time)"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --editable "$what" || {
        say "pip could not install everything: the first start needs the network; try again when it is there"
        return 1
    }
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
python=$(find_python)
install_packages
create_environment
install_assistant
