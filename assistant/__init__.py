"""From a question to a checked, cited answer or a refusal, as `chat` tells it; its history, and the doors to it."""
