"""What messages of carriers and suppliers are about, and which records they name."""
