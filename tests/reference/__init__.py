"""What the programs must do, written a second time from the definition alone."""
