"""Notes that an assistant of an office has to know, by id, with a tag each."""

NOTES = {
    "wifi": ("The password of the guest wifi is on the board by the kitchen.", "it"),
    "printer": ("The printer on the second floor takes only A4 paper.", "it"),
    "vpn": ("From home the VPN has to run before mail can be read.", "it"),
    "laptop": ("A broken laptop goes to the help desk in room 114.", "it"),
    "backup": ("Files are backed up every night at two o'clock.", "it"),
    "leave": ("Days of leave are asked for three weeks ahead.", "people"),
    "sick": ("Whoever is ill calls the team before nine o'clock.", "people"),
    "pay": ("Salaries are paid on the 25th of each month.", "people"),
    "birthday": ("For a birthday the team lead orders a cake.", "people"),
    "train": ("Train tickets are booked by Ms Okafor in room 210.", "travel"),
    "hotel": ("Hotels in Berlin may cost up to 120 euros a night.", "travel"),
    "taxi": ("Taxis are paid for only after ten in the evening.", "travel"),
    "plants": ("The plants on the third floor are watered on Fridays.", "house"),
    "keys": ("A lost key is reported to the porter at once.", "house"),
    "parking": ("Visitors park behind the building, on places 1 to 8.", "house"),
    "heating": ("The heating is turned down at seven in the evening.", "house"),
    "coffee": ("Coffee beans are in the cupboard above the sink.", "house"),
    "alarm": ("When the fire alarm rings, meet at the bicycle stands.", "house"),
}
QUESTIONS = [
    "How do I get the guest wifi password?",
    "When are salaries paid?",
    "Who books a trip by rail?",
    "What do I do when I have lost my key?",
]
