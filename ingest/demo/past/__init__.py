"""The demo province's 2021 and first half of 2022: as many invented events as its published figures need."""
