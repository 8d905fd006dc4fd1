order = "K I B F L E N M D J H O A G"
