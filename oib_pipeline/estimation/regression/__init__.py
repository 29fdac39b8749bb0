"""Two-way fixed effects: demeaning, fits, standard errors, estimates."""
