"""How the tables of an older hub become those of this one."""
