"""Will it be late? Advice from one's own past: a share, on how many it rests, and why."""
