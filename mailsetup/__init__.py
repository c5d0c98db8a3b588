"""The product. Django's file names hold Django; names of mail things hold plain Python."""
