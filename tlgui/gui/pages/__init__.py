"""One page per stage; pages do not know each other."""
