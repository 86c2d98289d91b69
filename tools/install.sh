#!/bin/sh
# Installs bc into a folder, so that it needs its checkout no more, or takes it out of there.
#
#     tools/install.sh /opt/bc                 the program is /opt/bc/bin/bc
#     DESTDIR=/tmp/root tools/install.sh /usr  for packagers: below DESTDIR, to stand at /usr
#     tools/install.sh --remove /opt/bc
#
# A running daemon goes on with what it has open; the next command starts one of the new build.
# There is no usual folder, since a 'bc' in /usr/local/bin hides the calculator of that name.
set -eu

usage() {
    sed -n '2,9s/^# \{0,1\}//p' "$0"
}

fail() {
    echo "error: $*" >&2
    exit 1
}

remove=
case ${1:-} in
-h | --help)
    usage
    exit 0
    ;;
--remove)
    remove=yes
    shift
    ;;
esac
[ $# -eq 1 ] || {
    usage >&2
    exit 2
}
case $1 in
-*) fail "unknown option '$1'; '--help' says which there are" ;;
'') fail "name a folder such as /opt/bc" ;;
/) fail "'/' is no folder for a program: name one such as /opt/bc" ;;
/*) prefix=${1%/} ;;
*) prefix=$PWD/${1%/} ;;
esac
case $prefix in
*[\|\&\\]* | *:*) fail "'$prefix' has one of the characters | & \\ :, which a class path or this script can't take" ;;
esac
to=${DESTDIR:-}$prefix
libraries=lib/bc
completion=share/bash-completion/completions/bc
service=lib/systemd/system/bc.service
serving=lib/systemd/system/bc-serve.service

if [ "$remove" ]; then
    [ -x "$to/$libraries/native/bc" ] || fail "there is no bc in '$to'"
    rm -rf "${to:?}/$libraries"
    rm -f "$to/bin/bc" "$to/$completion" "$to/$service" "$to/$serving"
    exit 0
fi

[ ! -e "$to/bin/bc" ] || [ -e "$to/$libraries/native/bc" ] || fail "'$to/bin/bc' is another program"

cd "$(dirname "$0")/.."
sh tools/build.sh
umask 022
mkdir -p "$to/lib" "$to/bin" "$to/${completion%/*}" "$to/${service%/*}"

# All of it stands ready before it takes the place of an earlier build.
new=$to/$libraries.new
old=$to/$libraries.old
rm -rf "$new" "$old"
mkdir "$new" "$new/native"
# With their times, which the JVM's cache knows them by.
cp -rp target/lib "$new/lib"
for file in target/native/bc*; do
    [ "$file" = target/native/bc.launch ] || cp -p "$file" "$new/native"
done
sed "s|$PWD/target/|$prefix/$libraries/|g" target/native/bc.launch >"$new/native/bc.launch"
[ "$(id -u)" -ne 0 ] || chown -R 0:0 "$new"
chmod -R u+w,a+rX,go-w "$new"
[ ! -e "$to/$libraries" ] || mv "$to/$libraries" "$old"
mv "$new" "$to/$libraries"
rm -rf "$old"
ln -sfn "../$libraries/native/bc" "$to/bin/bc"

scratch=$(mktemp -d)
trap 'BC_ROOT=$scratch target/native/bc daemon stop >/dev/null 2>&1; rm -rf "$scratch"' EXIT
BC_ROOT=$scratch target/native/bc completion bash >"$to/$completion"
sed "s|@bc@|$prefix/bin/bc|g" tools/bc.service >"$to/$service"
sed "s|@bc@|$prefix/bin/bc|g" tools/bc-serve.service >"$to/$serving"

echo "bc: installed as $prefix/bin/bc" >&2
[ -z "${DESTDIR:-}" ] || exit 0
first=$(command -v bc || true)
case $first in
"$prefix/bin/bc") ;;
'') echo "bc: to call it as 'bc': PATH=$prefix/bin:\$PATH" >&2 ;;
*) echo "bc: 'bc' is $first here; to call this one: PATH=$prefix/bin:\$PATH" >&2 ;;
esac
