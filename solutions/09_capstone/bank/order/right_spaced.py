"""small letters and spaces"""

order = "b f a e o j h g n d c i l"
