# Sourced by tools/test and tools/demo: finds Swift, installs what is missing, enters the package folder.
# Not meant to be run by itself.

readonly minimum_swift="6.3"
# A script may ask for more than all of them need.
readonly debian_packages=(liblz4-dev libopenblas-dev ${extra_packages[@]+"${extra_packages[@]}"})

# Prints a message to standard error and ends the script.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the version of a Swift compiler, e.g. 6.3.1; nothing when it cannot be run.
swift_version() {
    "$1" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

# Puts a Swift of at least the minimum version on PATH: the one already there, or one in a usual place.
find_swift() {
    local candidate version seen=""
    for candidate in "$(command -v swift || true)" \
        "$HOME"/.local/share/swiftly/bin/swift "$HOME"/.swiftly/bin/swift \
        "$HOME"/swift*/usr/bin/swift /opt/*/usr/bin/swift /usr/local/swift*/usr/bin/swift \
        /usr/local/bin/swift; do
        [[ -x "$candidate" ]] || continue
        version=$(swift_version "$candidate")
        [[ -n "$version" ]] || continue
        if printf '%s\n' "$minimum_swift" "$version" | sort -V -C; then
            export PATH="$(dirname "$candidate"):$PATH"
            return
        fi
        seen+="  found $candidate, but it is Swift $version"$'\n'
    done
    fail "Swift $minimum_swift or newer is needed and was not found." \
        "${seen}Install it from https://www.swift.org/install/linux/ (the toolchain for Debian 12, or by" \
        "'swiftly install $minimum_swift'), put its usr/bin folder on PATH, and run this again."
}

# Installs the system libraries that are missing on a Debian system; other systems are left alone.
install_packages() {
    command -v dpkg >/dev/null || return 0
    local package missing=()
    for package in "${debian_packages[@]}"; do
        dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local command="apt-get install -y ${missing[*]}"
    [[ "$(id -u)" == 0 ]] || fail "These packages are missing: ${missing[*]}" \
        "Installing them needs root. Run this once, then start again:" "  sudo $command"
    echo "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $command; } </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "The packages could not be installed. Try by hand:  $command"
    fi
    rm -f "$log"
}

# Runs swift build in release mode: with progress on a terminal, otherwise silent unless it fails.
build_release() {
    local options=(-c release "$@")
    [[ -t 1 ]] || options+=(--quiet)
    swift build "${options[@]}"
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
find_swift
install_packages
