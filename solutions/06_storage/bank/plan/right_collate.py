"""the collation by its name, the newest first"""

index = "CREATE INDEX main.i ON messages(user COLLATE BINARY, at DESC, id DESC)"
