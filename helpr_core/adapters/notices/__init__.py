"""Ways to reach somebody: Apprise's services, a signed webhook, mail."""
