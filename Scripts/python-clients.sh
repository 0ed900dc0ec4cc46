#!/usr/bin/env bash
# Installs the Python clients that tests drive the server with, in a folder of the build. Without Python or its package
# index the tests that need them are skipped, and say so.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build/python-clients
requirements=Tests/Clients/requirements.txt
if cmp -s "$requirements" "$folder/installed"; then exit 0; fi
rm -rf "$folder"
if python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"; then
    cp "$requirements" "$folder/installed"
else
    rm -rf "$folder"
    echo "The Python clients could not be installed; their tests will be skipped." >&2
fi
