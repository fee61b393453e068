"""What the doors of pledge, reporting and notify do alike: who may post, one append in one deadline, one receipt."""
