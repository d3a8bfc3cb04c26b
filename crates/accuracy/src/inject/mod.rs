//! Errors that break no identity.
