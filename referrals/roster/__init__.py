"""The roster: who is on it, as coordinators keep it; licences that end, and what nobody covers."""
