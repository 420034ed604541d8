"""The practice's settings that coordinators change: what each may be, and writing them with an account of it."""
