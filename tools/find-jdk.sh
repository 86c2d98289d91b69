# Sourced by ./bc, ./check and .ci/run: find_jdk sets JAVA_HOME to a JDK of version 25 or newer.
# Looks in $JAVA_HOME, at `javac` on the PATH, then in the usual folders; BC_JDK_FOLDERS, a list of
# patterns, replaces those.

# Whether $1 is the home of a JDK that will do. Reads its file "release" rather than running it.
jdk_fits() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
        case $jdk_line in
        JAVA_VERSION=*)
            jdk_line=${jdk_line#*\"}
            jdk_line=${jdk_line%%[!0-9]*}
            [ -n "$jdk_line" ] && [ "$jdk_line" -ge 25 ]
            return
            ;;
        esac
    done <"$1/release"
    return 1
}

find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then
        export JAVA_HOME
        return 0
    fi
    if jdk_javac=$(command -v javac); then
        jdk_javac=$(readlink -f "$jdk_javac")
        if jdk_fits "${jdk_javac%/bin/javac}"; then
            JAVA_HOME=${jdk_javac%/bin/javac}
            export JAVA_HOME
            return 0
        fi
    fi
    for jdk_home in ${BC_JDK_FOLDERS:-/usr/lib/jvm/* /opt/* /opt/java/* /opt/jdk/* /usr/local/* \
        /usr/java/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*}; do
        if jdk_fits "$jdk_home"; then
            JAVA_HOME=$jdk_home
            export JAVA_HOME
            return 0
        fi
    done
    cat >&2 <<'END'
error: Build Chain needs a JDK of version 25 or newer, and none was found.
Looked at: JAVA_HOME, javac on the PATH, /usr/lib/jvm, /opt, /usr/local, ~/.sdkman, ~/.jdks.
Install one, for example Eclipse Temurin 25 (https://adoptium.net/) or, where the distribution has
it, `apt-get install openjdk-25-jdk-headless`; then set JAVA_HOME to its folder.
END
    return 1
}
