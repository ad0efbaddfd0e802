"""Makes the OpenAPI description of the native door from its structs and routes, when it is published."""
