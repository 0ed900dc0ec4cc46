#!/usr/bin/env bash
# Makes a folder in which the linker finds only the static form of libraries that not every system has:
# link-archives.sh FOLDER
# A library whose static form is not installed is linked as it is found elsewhere.
set -euo pipefail
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
for library in ncursesw tinfo sqlite3 z stdc++; do
    archive=$(clang -print-file-name="lib$library.a")
    if [ -e "$archive" ]; then ln -s "$(realpath "$archive")" "$folder/lib$library.a"; fi
done
