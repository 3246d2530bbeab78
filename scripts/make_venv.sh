#!/bin/sh
# Makes a virtual environment: make_venv.sh PYTHON FOLDER. Says in one sentence what is missing.
set -eu
python=$1
folder=$2
for candidate in "$python" python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        if "$candidate" -m venv "$folder" >/dev/null 2>&1; then
            exit 0
        fi
        rm -rf "$folder"
        echo "$candidate cannot make a virtual environment; install its venv module (Debian: apt install python3-venv)." >&2
        exit 1
    fi
done
echo "Goldpan needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3.11 ..." >&2
exit 1
