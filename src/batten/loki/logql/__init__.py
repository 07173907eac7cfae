"""LogQL: text into a tree (`parse`), a tree into streams (`streams`) or samples (`evaluate`)."""
