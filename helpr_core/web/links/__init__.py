"""Links as the owner makes and sees them."""
