"""Ways to deliver messages: Apprise's services, a signed webhook, mail."""
