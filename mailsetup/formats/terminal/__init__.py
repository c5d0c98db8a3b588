"""Files for mail programs of the terminal, one program a file. None of them holds a password."""
