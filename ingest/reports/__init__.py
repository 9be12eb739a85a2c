"""What agencies report: the tables they fill, and how numbers, periods and units are written there."""
