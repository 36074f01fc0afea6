"""The second factor beside the dashboard's password."""
