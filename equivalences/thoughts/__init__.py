"""The passes of E1: updates sent as thoughts, whole, as writes to arrays, or in bounded parts."""
