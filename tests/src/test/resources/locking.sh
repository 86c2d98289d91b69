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
    $PROGRAM "$@" --option flake-registry '' 2>&1 || echo "status $?"
}
esc=$(printf '\033')
try() {
    run "$@" | sed -e "s,$top,@,g" -e "s/$esc\[[0-9;]*m//g" \
        -e '/^warning: Git tree .* is dirty$/d' -e '/^warning: Mercurial tree .* is unclean$/d' \
        -e "/^evaluating '/d" -e '/^Try .* --help/d' -e '/already tracked!$/d' \
        -e '/ searching up$/d' \
        -e "s/?lastModified=[0-9]*&narHash=[^'\" ]*/?…/" -e 's/ (20[2-9][1-9]-[0-9-]*)$//' \
        -e 's/&rev=[0-9a-f]*'"'"'$/\&rev=…'"'"'/' \
        -e 's/\("lastModified":\)1[6-9][0-9]*/\1…/g' -e 's/^\(Last modified: \)20[2-9][1-9].*/\1…/' \
        -e "s/'nix flake/'bc flake/" -e 's,/nix/store/[a-z0-9]*-source,SOURCE,'
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
git init -q -b main ours
cd ours
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
git clone -q --bare ours bare
try eval "git+file://$top/bare#plain"
try eval --no-write-lock-file "git+file://$top/bare#plain"

echo '# in a Mercurial repository'
mkdir merc
cd merc
hg init
echo "{ inputs.p.url = \"path:$top/plain\"; outputs = { p, ... }: { inherit (p) value; }; }" >flake.nix
hg add flake.nix
try eval "hg+file://$PWD#value"
hg status
try eval "hg+file://$PWD#value"
hg commit -u a -m one -d '0 0'
try eval "hg+file://$PWD#value"
sed -i 's/p.url = .*; outputs/& /; s/plain/tool/; s/value/n/' flake.nix
try eval "hg+file://$PWD#n"
hg status
cd ..

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
cd ..

echo '# what flakes are'
cd outer
try flake metadata
try flake metadata --no-write-lock-file --override-input plain ../tool
cd ..
mkdir told
cat >told/flake.nix <<'F'
{ description = "it says ä \"what\" it is"; outputs = { self }: { }; }
F
try flake metadata ./told
try flake metadata ./told --json
try flake metadata ./repo
try flake metadata ./repo --json
try flake metadata ./repo/dir
try flake metadata "git+file://$top/repo?dir=dir" --json
try flake metadata ./ours | sed '/Fingerprint/d; s/rev=.*/rev=…/; s/^\(Revision: *\).*/\1…/'
try flake metadata ./nosuch
try flake metadata ./told#x
try flake metadata ./outer --json | sed 's/"narHash":"[^"]*"/…/'

echo '# locking'
cd outer
rm flake.lock
try flake lock
cmp flake.lock ../flake.lock
try flake lock
try flake lock --no-update-lock-file
try flake lock --override-input plain ../tool
try flake lock
try flake update plain
cmp flake.lock ../flake.lock
sed -i 's/1500000000/1500000001/' flake.lock
cp flake.lock ../changed.lock
try flake update family/text
try flake update plain
diff flake.lock ../changed.lock || true
try flake update
cmp flake.lock ../flake.lock
cd ..
try flake update --flake ./outer
try flake update --flake ./outer nosuch repo
try flake update --flake ./outer ./repo
try flake update --flake ./bare
try flake lock ./loose
echo '{ outputs = _: { x = 2; }; }' >changed/flake.nix
try flake lock ./loose
try flake update --flake ./loose
git -C changed commit -q -a -m two
try flake update --flake ./loose
show loose/flake.lock
echo '{ outputs = _: { x = 3; }; }' >changed/flake.nix
rm loose/flake.lock
try flake lock ./loose
try flake update --flake ./loose
ls loose

echo '# names of another flake'
cd outer
try flake metadata plain --inputs-from .
try flake metadata --inputs-from . repo --json
try eval --inputs-from . plain#value
try eval --inputs-from . nosuch#value
try eval --inputs-from ../loose c#x
try eval --inputs-from path:. family#same
sed -i 's,/plain",/tool",' flake.nix
try eval --inputs-from . plain#n
try eval --override-input plain family --inputs-from . .#names
cd ..

echo '# committed'
git init -q -b main kept
cd kept
mkdir sub
for at in . sub; do
    cat >$at/flake.nix <<F
{ inputs.repo.url = "git+file://$top/repo"; inputs.tool.follows = "repo"; outputs = _: { x = 1; }; }
F
done
echo flake.lock >ignored
git add .
git commit -q -m first
committed() {
    try "$@"
    git log --format=%B -n 1 | sed -e "s,$top,@,g" -e 's/ (20[2-9][1-9]-[0-9-]*)$//'
    git status --short
}
committed eval .#x --commit-lock-file
committed eval .#x --commit-lock-file
sed -i '/url/s/inputs.tool.follows = "repo"; //' flake.nix
committed flake lock --commit-lock-file
git commit -q -a -m second
committed flake lock './sub?dir=sub' --commit-lock-file
committed flake lock 'git+file:.?dir=sub' --commit-lock-file --option commit-lock-file-summary 'a summary'
sed -i '/url/s/inputs.tool.follows = "repo"; //' sub/flake.nix
committed flake update --flake ./sub --commit-lock-file --output-lock-file ../other.lock
git rm -q -f flake.lock
mv ignored .gitignore
git add .
git commit -q -m third
committed eval .#x --commit-lock-file
cd ..
mkdir folder
cp kept/flake.nix folder
try eval path:./folder#x --commit-lock-file
ls folder

echo '# what flakes provide'
try flake show ./tool
try flake show ./tool --json
try flake show ./tool --legacy
try flake show ./tool --legacy --json
mkdir all
cat >all/flake.nix <<'F'
{
  outputs = { self }:
    let
      package = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; };
      described = package "described" // { meta.description = "a package"; };
    in {
      packages.x86_64-linux = { inherit described; z = package "z"; };
      packages.aarch64-linux.described = described;
      packages.empty = { };
      checks.x86_64-linux.c = package "c";
      checks.none = { };
      devShells.x86_64-linux.default = package "shell";
      devShell.x86_64-linux = package "old";
      defaultPackage.x86_64-linux = package "default";
      defaultPackage.aarch64-linux = throw "never";
      formatter.x86_64-linux = package "format";
      apps.x86_64-linux.a = { type = "app"; program = "/bin/a"; };
      apps.x86_64-linux.b = { type = "app"; program = "/bin/b"; meta.description = "an app"; };
      defaultApp.x86_64-linux = { type = "app"; program = "/bin/a"; };
      templates.t = { path = ./.; description = "a template"; };
      defaultTemplate = { path = ./.; description = "the template"; };
      overlay = final: prev: { };
      overlays.o = final: prev: { };
      overlays.default = final: prev: { };
      nixosModule = { };
      nixosModules.m = { };
      nixosConfigurations.host = throw "never";
      hydraJobs.a.b = package "job";
      hydraJobs.c = described;
      legacyPackages.x86_64-linux = { l = described; bad = throw "no"; deep.er = described; };
      lib.x = 1;
      other = throw "never";
    };
}
F
for option in '' --legacy --all-systems --json '--json --legacy'; do
    try flake show $option ./all
done
bad() {
    mkdir "$1"
    echo "{ outputs = { self }: { $2 }; }" >"$1/flake.nix"
    try flake show "./$1"
    try flake show --json "./$1"
}
bad wrong-package 'packages.x86_64-linux.a = 5;'
bad wrong-app 'a = 1; apps.x86_64-linux.a = { type = "x"; };'
bad wrong-template 'templates.a = { };'
bad wrong-set 'packages = 1;'
bad wrong-name 'packages.x86_64-linux.a = { type = "derivation"; };'
bad thrown 'checks = throw "oh";'
bad quoted-names '"a.b" = 1; "1" = 1; "if" = 1; "or" = 1; x-1 = 1; packages.other."p.q" = 1; templates."t u".description = "d";'
