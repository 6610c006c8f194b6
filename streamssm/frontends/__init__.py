"""What people write, and its translation to a Program."""
