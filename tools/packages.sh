# Sourced by ./bc and ./check: need_packages installs Debian packages as root, and names them
# otherwise.

# The packages without which bc can't be built or run, one in each line, as far as they're missing.
missing_to_run() {
    command -v gcc >/dev/null || command -v cc >/dev/null || echo gcc
    [ -e /usr/include/stdlib.h ] || echo libc6-dev
    command -v make >/dev/null || echo make
    command -v mvn >/dev/null || echo maven
    command -v fusermount3 >/dev/null || command -v fusermount >/dev/null || echo fuse3
    found=
    for lib in /usr/lib/*/libfuse.so.2 /lib/*/libfuse.so.2 /usr/lib/libfuse.so.2 /usr/lib64/libfuse.so.2; do
        [ -e "$lib" ] && found=1
    done
    [ -n "$found" ] || libfuse_package
}

# Debian 13 has renamed libfuse2 for its 64-bit time.
libfuse_package() {
    case $(. /etc/os-release 2>/dev/null && echo "${ID:-}${VERSION_ID:-}") in
    debian1[3-9]* | ubuntu2[4-9]*) echo libfuse2t64 ;;
    *) echo libfuse2 ;;
    esac
}

# Installs "$@", for the purpose $1.
need_packages() {
    purpose=$1
    shift
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "bc: installing $* ($purpose)" >&2
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then
            return 0
        fi
        if DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2; then
            return 0
        fi
        echo "error: apt-get could not install: $*" >&2
        return 1
    fi
    echo "error: these packages are missing $purpose: $*" >&2
    if command -v apt-get >/dev/null; then
        echo "Install them:  sudo apt-get install $*" >&2
    else
        echo "(These are Debian's names; install what your distribution calls them.)" >&2
    fi
    return 1
}
