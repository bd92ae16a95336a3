//! The console: what people see on the management listener, and who may.

mod user;
