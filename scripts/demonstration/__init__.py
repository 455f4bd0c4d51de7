"""The first command: everything started for real, one question asked, its answer judged."""
