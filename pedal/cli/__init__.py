"""The command line, one file per kind of work. Libraries are loaded by the command that needs them."""
