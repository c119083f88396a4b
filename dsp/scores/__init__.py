"""What a session's log says about the playing, as numbers that can fail a player and can be reached."""
