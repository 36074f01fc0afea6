#!/usr/bin/env bash
# Provisions everything on Azure, or brings it up to date: the one command of docs/deploy.md.
#   infra/provision.sh [GROUP [REGION]]        default: helpr, westeurope
# Sign in with `az login` first; what it decides by stands in the environment.
set -euo pipefail
cd "$(dirname "$0")/.."

group=${1:-helpr}
region=${2:-westeurope}
python=.venv/bin/python

command -v az >/dev/null || { echo "The Azure CLI is missing: https://aka.ms/installazurecli" >&2; exit 1; }
[ -x "$python" ] || {
    echo "First: python3.13 -m venv .venv && .venv/bin/pip install -r requirements.txt" >&2
    exit 1
}

# A group that is there keeps its region, and az refuses another one.
if [ "$(az group exists --name "$group")" != true ]; then
    az group create --name "$group" --location "$region" --output none
fi
az deployment group create --resource-group "$group" --name helpr --output none \
    --template-file infra/main.bicep --parameters infra/main.bicepparam

if [ "${HELPR_DATABASE_ACCESS:-grantSql}" = grantSql ]; then
    "$python" infra/sql/grant.py --group "$group"
fi

app=$(az deployment group show --resource-group "$group" --name helpr \
    --query properties.outputs.functionAppName.value --output tsv)
echo "Provisioned. Now publish:"
echo "  func azure functionapp publish $app --python"
