"""The database that holds the tips' secrets and nothing else."""
