"""Everything that belongs to the owner in one file, and back again."""
