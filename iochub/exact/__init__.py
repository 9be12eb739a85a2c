"""How a figure stays exact: plain Python that a state machine can walk."""
