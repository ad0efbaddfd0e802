-- A provider's visits by the time of their registration.
CREATE INDEX visit_provider ON visit (provider_code, registered_at, visit_id);
