"""What runs in the child process: workbooks into rows of text. Django never comes in here."""
