"""What surfaces may show, as plain values read from current state. No client identity is in any of them."""
