# Makes, in the current folder, what FetchTest fetches: always the same commits and times.
set -eu
export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 TZ=UTC
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='2020-01-02T03:04:05Z'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='2020-01-02T03:04:05Z'
umask 022
git init -q -b main sub
(
    cd sub
    echo s >s
    git add s
    git commit -q -m s
)
git init -q -b main main
(
    cd main
    echo a >a
    mkdir d
    echo b >d/b
    chmod +x d/b
    ln -s d/b l
    echo x >ignored
    echo 'ignored export-ignore' >.gitattributes
    git add .
    git commit -q -m one
    git branch other
    git tag -a -m t v1
    git -c protocol.file.allow=always submodule --quiet add ../sub sub
    git commit -q -m two
    echo untracked >untracked
)
git clone -q --bare main bare.git
git -C bare.git update-server-info
git clone -q --depth 1 "file://$PWD/main" shallow
cp -r main dirty
echo c >dirty/a
echo n >dirty/new
git -C dirty add new
tar --mtime=@1600000000 -czf t.tar.gz main/a main/d
touch -d @1500000000 main/d/b main/d sub/s
git init -q -b main hidden
(
    cd hidden
    mkdir -p d/e f
    echo x >d/e/x
    echo y >f/y
    printf 'd/e/x export-ignore\nf export-ignore\n' >.gitattributes
    git add .
    git commit -q -m hidden
)
