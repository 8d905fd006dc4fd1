"""the id is in every index anyway"""

index = "create index if not exists i on messages(user, at, id);"
