# A flake with templates, made in the working folder.
mkdir -p f/basic/sub f/other empty same git
cat > f/flake.nix <<'N'
{
  outputs = { self }: {
    templates = rec {
      default = basic;
      basic = { path = ./basic; description = "Basic"; };
      other = { path = ./other; description = "Other"; welcomeText = "Plain words here."; };
      bad = { description = "no path"; };
    };
  };
}
N
echo '{ outputs = _: { }; }' > f/basic/flake.nix
echo hello > f/basic/sub/hello
printf '#!/bin/sh\n' > f/basic/run
chmod +x f/basic/run
ln -s hello f/basic/sub/link
echo other > f/other/flake.nix
mkdir -p clash
echo mine > clash/flake.nix
git init -q git
