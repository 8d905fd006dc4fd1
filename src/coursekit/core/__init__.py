"""What a course is made of: modules, notebooks, reports, and how they are worded."""
