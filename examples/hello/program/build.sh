mkdir -p "$out/bin" "$out/share/hello"
cp "$src/greeting" "$out/share/hello/"
# The library is found by its store path, and also beside this output in a store that is mounted
# elsewhere.
cc -O2 -Wall -DOUT="\"$out\"" -ffile-prefix-map="$src"=. -I"$libgreet/include" \
    -Wl,--build-id=none -o "$out/bin/hello" "$src/hello.c" -L"$libgreet/lib" -lgreet \
    -Wl,-rpath,"$libgreet/lib:\$ORIGIN/../../${libgreet##*/}/lib" -Wl,--enable-new-dtags
