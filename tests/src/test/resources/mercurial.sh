# Makes, in the current folder, what MercurialTest fetches: always the same commits.
set -eu
export HGPLAIN= HGRCPATH=/dev/null HGUSER='a <a@b>' TZ=UTC
umask 022
hg init main
(
    cd main
    echo a >a
    mkdir d
    echo b >d/b
    chmod +x d/b
    ln -s d/b l
    hg add -q
    hg commit -q -d '1000000000 0' -m one
    hg tag -d '1000000001 0' v1
    hg branch -q stable
    echo s >s
    hg add -q s
    hg commit -q -d '1000000002 0' -m two
    hg update -q default
    echo c >c
    hg add -q c
    hg commit -q -d '1000000003 0' -m three
    echo untracked >untracked
)
cp -r main dirty
(
    cd dirty
    echo changed >a
    mkdir e
    echo new >e/new
    hg add -q e/new
    hg remove -q c
)
cp -r main flake
(
    cd flake
    echo '{ outputs = { self }: { inherit (self) rev shortRev revCount; }; }' >flake.nix
    hg add -q flake.nix
    hg commit -q -d '1000000004 0' -m flake
)
# Programs that a repository names must not run.
cp -r main hostile
cat >hostile/.hg/hgrc <<'F'
[hooks]
pre-status = touch @/ran
pre-branch = touch @/ran
outgoing = touch @/ran
[alias]
status = !touch @/ran
F
sed -i "s,@,$PWD," hostile/.hg/hgrc
