mkdir -p "$out/lib" "$out/include"
cp "$src/greet.h" "$out/include/"
# The build folder stays out of the object: the same sources give the same bytes.
cc -O2 -Wall -fPIC -ffile-prefix-map="$src"=. -shared -Wl,-soname,libgreet.so.1 \
    -Wl,--build-id=none -o "$out/lib/libgreet.so.1" "$src/greet.c"
ln -s libgreet.so.1 "$out/lib/libgreet.so"
