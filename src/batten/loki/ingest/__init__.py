"""From the bytes of a push to what the store keeps: decoding, Loki's rules, what it adds."""
