"""What `model_config`, `Field(...)` and `@event(...)` may say."""
