"""Keeps notes: rows in Postgres, texts in an S3 bucket, a count in Redis."""
