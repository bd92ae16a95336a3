#![no_main]

// The properties are the test suite's own: it holds them against its fixtures, libFuzzer against what it finds.
#[path = "../../tests/it/hostile/properties.rs"]
#[allow(dead_code, reason = "the other targets use the rest")]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::canonicalise(data));
