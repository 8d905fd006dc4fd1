"""How an answer is checked: criteria, messages, names, blanks, quizzes."""
