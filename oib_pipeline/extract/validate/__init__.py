"""What a reading must hold before it counts."""
