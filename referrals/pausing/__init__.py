"""What comes to a provider: pauses of everything, an insurer or a state, their ends, and the weekly limit."""
