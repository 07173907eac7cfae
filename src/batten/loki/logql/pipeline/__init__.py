"""What is done to each line: stages as functions of a record (`build`)."""
