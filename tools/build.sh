#!/bin/sh
# Builds bc into target/ and records how the daemon is started. Run by ./bc when a source is newer
# than the last build; the working folder is the project's.
set -eu
. tools/find-jdk.sh
. tools/packages.sh

state=target/launcher
log=$state/build.log

fail() {
    echo "error: $*" >&2
    exit 1
}

mkdir -p "$state" 2>/dev/null || fail "cannot write to '$PWD/target': build as the owner of the checkout, or copy it to a folder of your own"
[ -w "$state" ] || fail "'$PWD/$state' belongs to another user: ask them to run ./bc, or copy the checkout to a folder of your own"

# Of two that build at once, the second finds the work done.
exec 9>"$state/lock"
flock 9
if [ "${1:-}" != --force ] && [ -r "$state/sources" ] &&
    [ -z "$(find $(cat "$state/sources") -maxdepth 0 -newer "$state/stamp" 2>&1)" ]; then
    exit 0
fi

find_jdk
need_packages "to build and run bc" $(missing_to_run)

start=$(date +%s)
echo "bc: building (the first time it takes about a minute; log in $log)" >&2
rm -f "$state/sources"
# A running daemon goes on with the files that it has open; new ones take their names.
rm -rf target/lib
# Lints are for ./check (BC_LINT=on). So short a life of a JVM goes best with its first compiler alone.
export MAVEN_OPTS="${MAVEN_OPTS:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1g}"
: >"$state/stamp.new"
if ! {
    make -C native all &&
        mvn -q -B -T 1C -Dbc.lint="${BC_LINT:-off}" -Dmaven.test.skip=true -Dbc.lib="$PWD/target/lib" -pl daemon -am package &&
        "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 tools/CacheableJars.java target/lib/*.jar
} >"$log" 2>&1; then
    grep -v '^WARNING\|^$' "$log" | tail -n 30 >&2
    fail "the build failed; all of its output is in $PWD/$log"
fi

# The machine code in others' jars, for the daemon to load from where it is. It would unpack it into
# /tmp, which may be mounted noexec, and leave it there when it is killed.
loads=$state/loads
: >"$loads"
# Unpacks the file $2 of a jar and notes the JVM's option $3 that says where it is.
unpack() {
    "$JAVA_HOME/bin/jar" -x -f "$1" --dir "$state/jar" "$2" >>"$log" 2>&1 || return 0
    [ ! -f "$state/jar/$2" ] || mv "$state/jar/$2" target/lib
    [ ! -f "target/lib/${2##*/}" ] || echo "$3" >>"$loads"
}
machine=$(uname -m)
unpack target/lib/native-*.jar "org/lmdbjava/native/$machine-linux-gnu.so" \
    "-Dlmdbjava.native.lib=$PWD/target/lib/$machine-linux-gnu.so"
unpack target/lib/jffi-*-native.jar "jni/$machine-Linux/libjffi-1.2.so" \
    "-Djffi.boot.library.path=$PWD/target/lib"
zstd=$(basename target/lib/zstd-jni-*.jar .jar)
unpack "target/lib/$zstd.jar" "linux/$(echo "$machine" | sed s/x86_64/amd64/)/lib$zstd.so" \
    "-DZstdNativePath=$PWD/target/lib/lib$zstd.so"
rm -rf "$state/jar"

# Where and how the daemon runs, for the client (native/bc/launch.h). A build's name follows from
# its content, so that a rebuild without a change lets the daemon run on.
class_path=
for jar in "$PWD"/target/lib/*.jar; do
    class_path=$class_path${class_path:+:}$jar
done
build=$(cat target/lib/*.jar target/native/bc* "$JAVA_HOME/release" 2>/dev/null | sha256sum | cut -c 1-16)
write_launch() {
    {
        echo "$build"
        printf '%s\n' "$JAVA_HOME/bin/java" "-Dbc.build=$build" "-Dbc.native=$PWD/target/native" "$@"
        cat "$loads"
        grep -v '^#' daemon/jvm.options
        printf '%s\n' -cp "$class_path" org.buildchain.daemon.Main
    } >target/native/bc.launch.new
    mv target/native/bc.launch.new target/native/bc.launch
}

# What the JVM learns from a short life of the daemon starts the next ones four times as fast. A
# machine that can't build yet goes without.
train() {
    training=$PWD/target/launcher/training
    rm -rf "$training"
    mkdir -p "$training"
    BC_ROOT=$training
    export BC_ROOT
    write_launch "-XX:AOTCacheOutput=$1"
    target/native/bc build --no-link -E 'derivation {
        name = "training"; system = builtins.currentSystem; builder = "/bin/sh";
        args = [ "-c" "echo > $out" ]; __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ]; }' &&
        target/native/bc build --dry-run ./examples/hello
    target/native/bc instantiate daemon/src/main/resources/org/buildchain/daemon/warm-up.nix
    target/native/bc --help
    # Enough for the compilers to learn which methods are called often.
    round=0
    while [ "$round" -lt 300 ]; do
        target/native/bc build --dry-run ./examples/hello
        round=$((round + 1))
    done
    train_caches || true
    target/native/bc daemon stop
    BC_ROOT=$training/other target/native/bc daemon stop
    unset BC_ROOT
    rm -rf "$training"
}

# Pulls a closure from another daemon, which pulls it back: both stand for nix-serve and its clients.
train_caches() {
    key=$training/key
    # Whatever waits for ever must not keep the build.
    bc="timeout 60 target/native/bc"
    other=$training/other
    # The other daemon must not leave what it has learnt in the place of what this one learns.
    write_launch
    (umask 077 && $bc key generate --name training-1 >"$key")
    public=$($bc key convert-secret <"$key")
    top=$($bc build --no-link -E 'let one = i: derivation {
        name = "training-${toString i}"; system = builtins.currentSystem; builder = "/bin/sh";
        before = if i == 0 then "" else one (i - 1);
        args = [ "-c" "mkdir $out; echo $before >$out/before; seq ${toString (i * 3000)} >$out/text; head -c ${toString (i * 200000)} /dev/zero >$out/data" ];
        PATH = "/bin:/usr/bin"; __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ]; }; in one 24') ||
        return 1
    $bc serve --listen 127.0.0.1:0 --key-file "$key" --compression none >"$training/url" &
    serving=$!
    pull "$other" "$training/url"
    BC_ROOT=$other $bc serve --listen 127.0.0.1:0 --key-file "$key" --compression none \
        >"$training/back" &
    back=$!
    for round in 1 2; do
        $bc store gc
        pull "$training" "$training/back"
    done
    kill "$serving" "$back"
    wait "$serving" "$back"
}

# Into the store $1 from the server whose URL is in the file $2, once it is there.
pull() {
    tries=0
    until [ -s "$2" ] || [ "$tries" -gt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    BC_ROOT=$1 $bc copy --from "$(cat "$2")" --option trusted-public-keys "$public" "$top"
}
cache=$PWD/target/lib/daemon.aot
train "$cache" >>"$log" 2>&1 || true
if [ -s "$cache" ]; then
    write_launch "-XX:AOTCache=$cache"
else
    write_launch
fi

# For native/bc/fresh.c: sources, and the folders that hold them, whose times tell that a file came
# or went.
find pom.xml ./*/pom.xml ./*/src/main native daemon/jvm.options tools \( -type d -o -type f \) \
    >"$state/sources.new"
mv "$state/stamp.new" "$state/stamp"
mv "$state/sources.new" "$state/sources"
echo "bc: built in $(($(date +%s) - start)) s" >&2
