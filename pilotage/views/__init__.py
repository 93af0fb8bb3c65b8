"""Les écrans du pilotage."""
