"""of all messages that have a user"""

index = "CREATE INDEX a ON messages (user, at) WHERE user IS NOT NULL"
