//! What a fault on purpose does, as JSON: a name, or an object of a name and its value.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    domain::ResponseCode,
    service::test_bench::{FaultAction, FaultKind},
};

/// The longest delay in milliseconds.
const LONGEST_DELAY: u64 = 600_000;
/// The longest Retry-After in seconds.
const LONGEST_RETRY: u64 = 86_400;
/// The second key of a status.
const RETRY_AFTER: &str = "retry_after";

/// Reads what a fault does: `"drop_before"`, or `{"status": 503, "retry_after": 2}`.
pub(super) fn read(given: &Value) -> Result<FaultAction, String> {
    match given {
        Value::String(name) => plain(kind(name)?),
        Value::Object(fields) => of_fields(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err("give the name of a fault, or an object of its name and its value".to_owned())
        }
    }
}

fn kind(name: &str) -> Result<FaultKind, String> {
    name.parse::<FaultKind>().map_err(|malformed| malformed.to_string())
}

fn of_fields(fields: &Map<String, Value>) -> Result<FaultAction, String> {
    let mut names = fields.iter().filter(|(name, _)| *name != RETRY_AFTER);
    let (Some((name, value)), None) = (names.next(), names.next()) else {
        return Err("give one fault, with its value".to_owned());
    };
    let kind = kind(name)?;
    let retry_after = fields.get(RETRY_AFTER);
    if retry_after.is_some() && kind != FaultKind::Status {
        return Err(format!("`{RETRY_AFTER}` belongs to a `status`"));
    }
    match kind {
        FaultKind::Delay => Ok(FaultAction::Delay(delay(value)?)),
        FaultKind::DeliverLate => Ok(FaultAction::DeliverLate(delay(value)?)),
        FaultKind::Status => {
            let status = number(value, 400, 599)?;
            let retry_after = retry_after.map(|value| number(value, 0, LONGEST_RETRY)).transpose()?;
            let retry_after = retry_after.and_then(|seconds| u32::try_from(seconds).ok());
            Ok(FaultAction::Status(u16::try_from(status).unwrap_or(500), retry_after))
        }
        FaultKind::Code => code(value),
        FaultKind::DropBefore
        | FaultKind::DropAfter
        | FaultKind::BadSignature
        | FaultKind::Truncate
        | FaultKind::WrongType
        | FaultKind::DeliverTwice
        | FaultKind::DeliverOutOfOrder
        | FaultKind::DeliverNever => {
            if value == &Value::Bool(true) {
                plain(kind)
            } else {
                Err(format!("`{kind}` has no value: give its name alone"))
            }
        }
    }
}

fn plain(kind: FaultKind) -> Result<FaultAction, String> {
    match kind {
        FaultKind::Delay | FaultKind::Status | FaultKind::Code | FaultKind::DeliverLate => {
            Err(format!("`{kind}` needs a value: give an object, {{\"{kind}\": ...}}"))
        }
        FaultKind::DropBefore
        | FaultKind::DropAfter
        | FaultKind::BadSignature
        | FaultKind::Truncate
        | FaultKind::WrongType
        | FaultKind::DeliverTwice
        | FaultKind::DeliverOutOfOrder
        | FaultKind::DeliverNever => Ok(FaultAction::Plain(kind)),
    }
}

fn code(value: &Value) -> Result<FaultAction, String> {
    let code = value.as_str().ok_or_else(|| format!("`{value}` is not a response code"))?;
    let code = code.parse::<ResponseCode>().map_err(|malformed| malformed.to_string())?;
    if code.is_success() {
        return Err(format!("`{code}` says that all is well: give a code that refuses"));
    }
    Ok(FaultAction::Code(code))
}

fn delay(value: &Value) -> Result<Duration, String> {
    number(value, 0, LONGEST_DELAY).map(Duration::from_millis)
}

fn number(value: &Value, least: u64, most: u64) -> Result<u64, String> {
    let number = value.as_u64().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("`{value}` is not a number from {least} to {most}"))
}

/// What a fault does, as it is given.
pub(super) fn shown(action: FaultAction) -> Value {
    let milliseconds = |delay: Duration| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    let name = action.kind().as_str();
    match action {
        FaultAction::Delay(delay) | FaultAction::DeliverLate(delay) => json!({ name: milliseconds(delay) }),
        FaultAction::Status(status, None) => json!({ name: status }),
        FaultAction::Status(status, Some(seconds)) => json!({ name: status, RETRY_AFTER: seconds }),
        FaultAction::Code(code) => json!({ name: code.as_str() }),
        FaultAction::Plain(_) => json!(name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fault_is_shown_as_it_is_given() {
        for given in [
            json!({ "delay_ms": 500 }),
            json!({ "status": 503 }),
            json!({ "status": 429, "retry_after": 2 }),
            json!({ "code": "E5" }),
            json!("drop_before"),
            json!("deliver_never"),
            json!({ "deliver_late_ms": 0 }),
        ] {
            assert_eq!(read(&given).map(shown), Ok(given));
        }
        assert_eq!(read(&json!({ "truncate": true })), Ok(FaultAction::Plain(FaultKind::Truncate)));
    }

    #[test]
    fn what_is_no_fault_is_refused_with_the_reason() {
        let refused = [
            json!("explode"),
            json!("delay_ms"),
            json!(7),
            json!({}),
            json!({ "status": 503, "code": "E5" }),
            json!({ "status": 200 }),
            json!({ "code": "I0" }),
            json!({ "code": "E0" }),
            json!({ "delay_ms": 600_001 }),
            json!({ "delay_ms": -1 }),
            json!({ "drop_before": 1 }),
            json!({ "delay_ms": 1, "retry_after": 1 }),
        ];
        let reasons = refused.map(|given| format!("{given}: {}", read(&given).unwrap_err())).join("\n");
        insta::assert_snapshot!(reasons);
    }

    proptest! {
        /// Whatever is read is shown in a form that is read the same.
        #[test]
        fn whatever_is_read_is_shown_so_that_it_is_read_again(
            name in "[a-z_]{1,20}", number in any::<i64>(), second in proptest::option::of(any::<u32>())
        ) {
            let kinds = FaultKind::ALL.iter().map(|kind| kind.as_str());
            for name in kinds.chain([name.as_str()]) {
                let mut given = json!({ name: number });
                if let Some(second) = second {
                    given[RETRY_AFTER] = json!(second);
                }
                for given in [given, json!(name)] {
                    if let Ok(action) = read(&given) {
                        prop_assert_eq!(read(&shown(action)), Ok(action));
                    }
                }
            }
        }
    }
}
