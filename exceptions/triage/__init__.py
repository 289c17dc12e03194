"""AI advice: suggestions with their reasons. It has no hands: only what people do acts on them."""
