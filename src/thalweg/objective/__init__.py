"""What is minimised: one protocol, three kinds."""
