"""What infra/provision.sh does: `python -m infra.provisioning`, on Python 3.11 or later alone.

Nothing but the standard library is used, so that it runs in the Azure Cloud Shell as it is.
"""
