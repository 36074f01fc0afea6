"""What everybody may ask."""
