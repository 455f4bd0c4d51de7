-- Soon after a start the index is not full yet, and a search is answered from what is in it.

ALTER TABLE job ADD COLUMN indexed REAL;   -- share of what is remembered that was, 0 to 1
