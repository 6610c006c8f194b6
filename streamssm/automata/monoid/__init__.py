"""What words do to a machine's states: the transition monoid, its groups, and properties with witnesses."""
