"""The demo world: people, a connection to the simulated company, and ninety days of casework."""
