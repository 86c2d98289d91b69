# Locks flakes, in a new folder, with the program $PROGRAM (bc, or Nix with its experimental
# features on) and prints what it says and writes: LockingTest compares. Paths, times that are those
# of this run, and how often it is told that a folder was changed are left out.
set -eu
cd "$1"
sh "$2/flakes.sh"
export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 TZ=UTC
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='2020-01-02T03:04:05Z'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='2020-01-02T03:04:05Z'

run() {
    echo "\$ $*"
    $PROGRAM "$@" 2>&1 || echo "status $?"
}
try() {
    run "$@" | sed -e "s,$top,@,g" -e '/^warning: Git tree .* is dirty$/d' \
        -e 's/?lastModified=[0-9]*&narHash=[^'"'"']*/?…/; s/ (20[0-9-]*)$//' \
        -e 's/&rev=[0-9a-f]*'"'"'$/\&rev=…'"'"'/' -e '/^Try .* --help/d' \
        -e 's,/nix/store/[a-z0-9]*-source,SOURCE,'
}
show() {
    echo "\$ cat $1"
    sed "s,$top,@,g" "$1"
}
top=$PWD

echo '# a lock file is made, used, and changed'
cd outer
try eval .#names
show flake.lock
try eval .#names
sed -i '/dir.url/d' flake.nix
try eval .#plain
sed -i '/raw =/d; s,family = {.*,family.url = "path:'"$top"'/family";,' flake.nix
try eval .#names
show flake.lock
cp flake.lock ../flake.lock

echo '# it is left as it is'
rm flake.lock
try eval .#plain --no-write-lock-file
try eval .#plain --no-update-lock-file
ls
try eval .#plain --output-lock-file ../other.lock
ls
cmp ../other.lock ../flake.lock
try eval .#plain --reference-lock-file ../other.lock
sed -i 's/1500000000/1500000001/' ../other.lock
try eval .#plain --no-write-lock-file --reference-lock-file ../other.lock
try eval .#names

echo '# other inputs'
for input in plain family nosuch 'x y' family/child family/path family/both/x repo/no; do
    try eval .#plain --override-input "$input" "path:$top/tool"
    try eval .#plain --override-input "$input" ../repo
done
try eval .#child --override-input family/child ../plain --override-input plain ../tool
try eval .#child --override-input family/child /nosuch
try eval .#child --override-input family/path path:./x
cmp flake.lock ../flake.lock
cd ..

echo '# in a repository'
git init -q -b main work
cd work
cp -r ../outer/flake.nix .
git add .
try eval .#names
git status --short
git ls-files -s flake.lock
try eval .#names
cmp flake.lock ../flake.lock
sed -i '/repo =/d; /repo.rev/d' flake.nix
try eval .#plain
git status --short
rm flake.lock
echo flake.lock >.gitignore
git rm -q --cached flake.lock
git add .gitignore
try eval .#plain
try eval .#plain
git status --short
mkdir sub
cp ../overrides/flake.nix sub
git add sub
try eval ./sub#value
git status --short
cd sub
try eval .#value
git add ..
git commit -q -m all
cd ../..
git clone -q --bare work bare
try eval "git+file://$top/bare#plain"
try eval --no-write-lock-file "git+file://$top/bare#plain"

echo '# inputs that nothing pins'
git init -q -b main changed
echo '{ outputs = _: { x = 1; }; }' >changed/flake.nix
git -C changed add .
mkdir loose
echo "{ inputs.c.url = \"git+file://$top/changed\"; outputs = { c, ... }: { inherit (c) x; }; }" \
    >loose/flake.nix
cd loose
try eval .#x
ls
git -C ../changed commit -q -m one
try eval .#x
show flake.lock
