"""What infra/provision.sh does: `python -m infra.provisioning`, with only Python 3.11 or later.

It only uses the standard library, so that it runs in the Azure Cloud Shell unchanged.
"""
