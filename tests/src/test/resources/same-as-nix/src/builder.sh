#!/bin/sh
echo "run without arguments: $#" >"$out"
