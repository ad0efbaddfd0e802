"""What the gateway counts about itself: cheap to count where bills pass, told to whoever asks /metrics."""
