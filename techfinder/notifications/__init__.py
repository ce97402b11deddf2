"""How a person wants to be told: preferences per kind of mail, and unsubscribing."""
