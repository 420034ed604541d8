"""What only coordinators do to a referral that is under way: for somebody else, to its deadline, urgency or hold."""
