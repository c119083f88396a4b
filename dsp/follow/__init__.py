"""Following what should be played: targets read from files, and where in them the player is."""
