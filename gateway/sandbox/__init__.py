"""The sandbox: the whole house on a developer's own laptop, with magic persons, a clock to move and a log of calls."""
