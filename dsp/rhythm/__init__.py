"""When notes fell: against a click, or against the player's own pulse. Early is negative."""
