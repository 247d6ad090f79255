#!/usr/bin/env bash
# Builds act, which runs workflow files on this machine, for the test of the README's workflow. It takes one to three minutes.
# Prints the path of the program. test/github/act.ts looks for it there.
set -euo pipefail
version=v0.2.89
folder="${XDG_CACHE_HOME:-$HOME/.cache}/ringfence/act-$version"
if [ ! -x "$folder/act" ]; then
  mkdir -p "$folder"
  GOBIN="$folder" GOFLAGS=-mod=mod go install "github.com/nektos/act@$version"
fi
echo "$folder/act"
