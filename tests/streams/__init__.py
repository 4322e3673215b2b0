"""Following a chain: accounts and events as they come."""
