"""How a figure stays exact: places, folds, cells, touches, progress; plain Python that a state machine can walk."""
