"""From sections of the file to the options of the rooms; modules as in `sections`."""
