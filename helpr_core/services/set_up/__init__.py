"""The owner sets Helpr up in the browser, instead of writing settings."""
