//! The fields that a change of a Device changed, as one column holds them: JSON, `[["firmware_version","01","02"]]`.

use super::stored::Table;
use crate::{db::StoreFault, domain::FieldChange};

/// A field, its value before and its value since.
type Written<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// Writes them; none where there is none.
pub(in crate::store) fn to_json(fields: &[FieldChange]) -> Option<String> {
    let written = |change: &'_ FieldChange| -> String {
        let written: Written<'_> = (change.field.as_str(), change.before.as_deref(), change.after.as_deref());
        // Texts and nulls alone: there is nothing in it that could not be written.
        serde_json::to_string(&written).unwrap_or_default()
    };
    (!fields.is_empty()).then(|| format!("[{}]", fields.iter().map(written).collect::<Vec<_>>().join(",")))
}

/// Reads them back; none where the column is empty.
pub(in crate::store) fn from_json(table: Table, text: Option<&str>) -> Result<Vec<FieldChange>, StoreFault> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let written = serde_json::from_str::<Vec<(String, Option<String>, Option<String>)>>(text);
    let written = written.map_err(|_| table.corrupt("changes", &"it is no list of changes"))?;
    let read = |(field, before, after): (String, _, _)| {
        Ok(FieldChange { field: table.value("changes", &field)?, before, after })
    };
    written.into_iter().map(read).collect()
}
