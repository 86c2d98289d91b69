# Files, an archive of them, and store objects of two versions, made in the working folder.
mkdir -p src/sub/deep
echo hello > src/hello
printf '#!/bin/sh\n' > src/run
chmod +x src/run
ln -s hello src/link
echo text > src/sub/file
: > src/sub/deep/empty
echo one > one
