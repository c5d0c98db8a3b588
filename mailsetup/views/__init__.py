"""HTTP doors. Each does four things: who are you, load, do, render."""
