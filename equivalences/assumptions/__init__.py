"""What an author assumed with ``ss.within``: shown, refuted by a stream, or left open."""
