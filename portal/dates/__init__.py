"""How dates and times are written, one folder a language; Django finds it by FORMAT_MODULE_PATH."""
