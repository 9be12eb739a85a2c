"""Where a refused record is wrong, and how it reads corrected, where one way alone can be meant."""
