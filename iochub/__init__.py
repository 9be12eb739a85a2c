"""The data hub of an Intelligent Operations Centre: facts in, exact figures out."""
