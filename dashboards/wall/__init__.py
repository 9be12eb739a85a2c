"""The wall: the screens of the operations centre."""
