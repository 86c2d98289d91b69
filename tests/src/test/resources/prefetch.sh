# Flakes and files to fetch, made in the working folder.
mkdir -p in/dir git tree/in
echo '{ outputs = _: { }; }' > in/flake.nix
echo text > in/dir/file
touch -d @1000000000 in/flake.nix in/dir/file in/dir in
cd git && git init -q -b main . && git config user.email a@b && git config user.name a
echo '{ outputs = _: { }; }' > flake.nix && git add -A
GIT_AUTHOR_DATE=2001-01-01T00:00:00Z GIT_COMMITTER_DATE=2001-01-01T00:00:00Z git commit -qm one
cd .. && echo hello > hello.txt && echo content > tree/in/file
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf tree.tar -C tree in
