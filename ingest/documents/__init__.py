"""Documents that agencies exchange: edXML messages, registers and the list of agencies."""
