"""How facts enter: feeds, their publishers' formats, and the way into Kafka."""
