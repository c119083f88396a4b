"""Which string a note was played on, and how far that string has drifted out of tune."""
