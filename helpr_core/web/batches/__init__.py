"""Lists that the owner pastes: previewed, opened, followed."""
