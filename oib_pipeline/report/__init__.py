"""Results to tables, figures and documents."""
