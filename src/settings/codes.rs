//! `codes.toml`: response codes that override those of rules whose code is assumed.
//!
//! ```toml
//! "SR8.4/g" = "E080409"
//! ```

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use toml::Spanned;

use super::fault::SettingsFault;
use crate::{
    domain::{CodeOverrides, ResponseCode, Rule},
    rules::rulebook,
};

#[derive(Deserialize)]
struct CodesFile(BTreeMap<String, Spanned<String>>);

/// Reads and checks the file.
pub(super) fn read(file: &Path) -> Result<CodeOverrides, SettingsFault> {
    let text = std::fs::read_to_string(file)
        .map_err(|reason| SettingsFault::Unreadable { file: file.to_owned(), reason })?;
    let fault = |reason: String| SettingsFault::File { file: file.to_owned(), reason };
    let CodesFile(pairs) =
        toml::from_str(&text).map_err(|reason| fault(reason.to_string().trim_end().to_owned()))?;
    let pairs = pairs.iter().map(|(id, code)| {
        // Rules and codes are checked after parsing, so the line is counted from the span.
        let line = text.get(..code.span().start).map_or(0, |before| before.matches('\n').count() + 1);
        pair(id, code.get_ref()).map_err(|reason| fault(format!("line {line}: {reason}")))
    });
    Ok(CodeOverrides::new(pairs.collect::<Result<Vec<_>, _>>()?))
}

/// Checks one override.
fn pair(id: &str, code: &str) -> Result<(&'static Rule, ResponseCode), String> {
    let rule = rulebook::rule(id).ok_or_else(|| format!("there is no rule `{id}`"))?;
    let code = code.parse::<ResponseCode>().map_err(|malformed| format!("{id}: {malformed}"))?;
    if rulebook::may_be_overridden(rule, code) {
        Ok((rule, code))
    } else {
        let standing = rule.code_standing;
        Err(format!("{id}: its code {} stands as it is ({standing}), or `{code}` is no refusal", rule.code))
    }
}
