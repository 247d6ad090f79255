#!/usr/bin/env bash
# Makes a commit of an example's before/ and one of its after/, in this clone and on no branch. Prints their ids as outputs of a step.
set -euo pipefail
cd "$(dirname "$0")/../examples/$1"
export GIT_AUTHOR_NAME=Ringfence GIT_AUTHOR_EMAIL=ringfence@example.com
export GIT_COMMITTER_NAME=Ringfence GIT_COMMITTER_EMAIL=ringfence@example.com
repository="$(git rev-parse --absolute-git-dir)"
index="$(mktemp -d)/index"

commit() {
  local side="$1" tree
  shift
  rm -f "$index"
  GIT_INDEX_FILE="$index" git --git-dir="$repository" --work-tree="$PWD/$side" -C "$side" add --all --force .
  tree="$(GIT_INDEX_FILE="$index" git --git-dir="$repository" write-tree)"
  git --git-dir="$repository" commit-tree "$tree" -m "$side" "$@"
}

base="$(commit before)"
head="$(commit after -p "$base")"
echo "base=$base"
echo "head=$head"
