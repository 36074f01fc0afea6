#!/usr/bin/env bash
# Provisions everything on Azure, or updates it: the command in docs/deploy.md.
#   infra/provision.sh [GROUP [REGION]]        default: helpr, westeurope
#   infra/provision.sh --help
# Sign in with `az login` first; its choices come from the environment, from
# .azure/settings.sh and from the previous deployment. Needs Python 3.11 or later.
set -euo pipefail
cd "$(dirname "$0")/.."

for python in .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$python" >/dev/null &&
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -m infra.provisioning "$@"
    fi
done
echo "Python 3.11 or later is needed: https://www.python.org/downloads/" >&2
exit 1
