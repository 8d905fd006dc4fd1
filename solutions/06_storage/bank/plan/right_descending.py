"""the newest first"""

index = "CREATE INDEX newest ON messages (user, at DESC)"
