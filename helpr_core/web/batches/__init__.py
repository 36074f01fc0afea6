"""Lists that the owner pastes: looked at, opened, followed."""
