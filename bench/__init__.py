"""What the platform's speed and size are, measured against limits in the same run (`make bench`)."""
