"""Takes the public facts of tips from officers; free text waits for the sealed vault. Keeps nothing."""
