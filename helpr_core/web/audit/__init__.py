"""What the owner did."""
