"""The rules of contact that a company begins with: the law of its country, and the holidays of the year."""
