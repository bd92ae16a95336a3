//! Values of the arguments of `smi bench`.

use std::time::Duration;

/// The longest time that an argument may name.
const LONGEST: Duration = Duration::from_secs(10);

/// A number of at least 1.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(reason) => Err(format!("{reason}")),
    }
}

/// A length of time with its unit: a bare number could be of any.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let micros = match text.strip_prefix(digits) {
        Some("us") => 1.0,
        Some("ms") => 1e3,
        Some("s") => 1e6,
        _ => return Err("a number with its unit, `us`, `ms` or `s`, as in `1ms`".to_owned()),
    };
    let number = digits.parse::<f64>().map_err(|reason| reason.to_string())?;
    let time = Duration::try_from_secs_f64(number * micros / 1e6).map_err(|reason| reason.to_string())?;
    if time > LONGEST { Err("at most `10s`".to_owned()) } else { Ok(time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_unit() {
        let micros = |text: &str| duration(text).map(|time| time.as_micros());
        assert_eq!(
            ["1ms", "0ms", "250us", "1.5ms", "2s"].map(micros),
            [1_000, 0, 250, 1_500, 2_000_000].map(Ok)
        );
        for text in ["1", "ms", "", "-1ms", "1 ms", "NaNs", "infs", "1m", "11s", "1e300s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
