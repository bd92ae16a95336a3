//! `[alerts]`: which DCC Alerts are sent, and `alerts.toml` with codes for those that no public source names.
//!
//! ```toml
//! device_suspended = "N8"
//! device_restored = { code = "N9", standing = "ours" }
//! ```

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use toml::{Spanned, Value};

use super::{fault::SettingsFault, raw::RawAlerts};
use crate::{
    domain::{AlertCode, AlertKind, CodeSource},
    rules::alert::AlertSettings,
};

/// `[alerts]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertChoices {
    /// Which alerts are sent, and their codes.
    pub settings: AlertSettings,
    /// The file with the codes.
    pub file: Option<PathBuf>,
}

/// The switches: the key, the alerts that it switches, and whether it is on by default.
const SWITCHES: [(&str, &[AlertKind], bool); 9] = [
    ("han_log_result", &[AlertKind::HanLogConfirmed, AlertKind::HanLogUnconfirmed], true),
    ("meter_decommissioned", &[AlertKind::MeterDecommissioned], false),
    ("meter_identity", &[AlertKind::MeterIdentity], false),
    ("device_suspended", &[AlertKind::DeviceSuspended], false),
    ("device_restored", &[AlertKind::DeviceRestored], false),
    ("device_removed", &[AlertKind::DeviceRemoved], false),
    ("chf_decommissioned", &[AlertKind::ChfDecommissioned], false),
    ("firmware_mismatch", &[AlertKind::FirmwareMismatch], false),
    ("version_mismatch", &[AlertKind::VersionMismatch], false),
];

/// Checks the section, and reads the file that it names.
pub(super) fn read(raw: RawAlerts) -> Result<AlertChoices, SettingsFault> {
    let set = [
        raw.han_log_result,
        raw.meter_decommissioned,
        raw.meter_identity,
        raw.device_suspended,
        raw.device_restored,
        raw.device_removed,
        raw.chf_decommissioned,
        raw.firmware_mismatch,
        raw.version_mismatch,
    ];
    let on = SWITCHES.iter().zip(set).filter(|((_, _, default), set)| set.unwrap_or(*default));
    let on = on.flat_map(|((_, kinds, _), _)| *kinds).copied().collect::<Vec<_>>();
    let codes = raw.codes.as_deref().map(read_codes).transpose()?.unwrap_or_default();
    Ok(AlertChoices { settings: AlertSettings::new(&on, &codes), file: raw.codes })
}

fn read_codes(file: &Path) -> Result<Vec<(AlertKind, AlertCode, CodeSource)>, SettingsFault> {
    let text = std::fs::read_to_string(file)
        .map_err(|reason| SettingsFault::Unreadable { file: file.to_owned(), reason })?;
    let fault = |reason: String| SettingsFault::File { file: file.to_owned(), reason };
    let entries = toml::from_str::<BTreeMap<String, Spanned<Value>>>(&text)
        .map_err(|reason| fault(reason.to_string().trim_end().to_owned()))?;
    let entries = entries.iter().map(|(kind, value)| {
        let line = text.get(..value.span().start).map_or(0, |before| before.matches('\n').count() + 1);
        entry(kind, value.get_ref()).map_err(|reason| fault(format!("line {line}: {kind}: {reason}")))
    });
    entries.collect()
}

fn entry(kind: &str, value: &Value) -> Result<(AlertKind, AlertCode, CodeSource), String> {
    let kind = kind.parse::<AlertKind>().map_err(|malformed| malformed.to_string())?;
    if kind == AlertKind::VersionMismatch {
        return Err("its code N999 stands as it is (schema)".to_owned());
    }
    let (code, standing) = match (value.as_str(), value.as_table()) {
        (Some(code), _) => (code, None),
        (None, Some(table)) => table_entry(table)?,
        (None, None) => return Err(WANTED.to_owned()),
    };
    let code = code.parse::<AlertCode>().map_err(|malformed| malformed.to_string())?;
    let source = match standing {
        None => CodeSource::Data,
        Some(standing) => match standing.parse() {
            Ok(source @ (CodeSource::Public | CodeSource::Assumed | CodeSource::Data)) => source,
            _ => return Err(format!("`{standing}` is not a standing: public, ours or data")),
        },
    };
    Ok((kind, code, source))
}

const WANTED: &str = "a code is wanted, `\"N8\"`, or `{ code = \"N8\", standing = \"ours\" }`";

fn table_entry(table: &toml::Table) -> Result<(&str, Option<&str>), String> {
    let text = |key: &str| table.get(key).map(|value| value.as_str().ok_or(WANTED)).transpose();
    let is_known = table.keys().all(|key| ["code", "standing"].contains(&key.as_str()));
    match text("code")?.filter(|_| is_known) {
        Some(code) => Ok((code, text("standing")?)),
        None => Err(WANTED.to_owned()),
    }
}

impl fmt::Display for AlertChoices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[alerts]")?;
        for (key, kinds, _) in SWITCHES {
            writeln!(f, "{key} = {}", kinds.iter().any(|kind| self.settings.is_on(*kind)))?;
        }
        if let Some(file) = &self.file {
            writeln!(f, "codes = {}", Value::from(file.display().to_string()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Result<AlertSettings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alerts.toml");
        std::fs::write(&file, text).unwrap();
        let raw = RawAlerts { codes: Some(file.clone()), ..RawAlerts::default() };
        let read = read(raw).map(|choices| choices.settings);
        read.map_err(|fault| fault.to_string().replace(&file.display().to_string(), "alerts.toml"))
    }

    #[test]
    fn the_example_is_read() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/alerts.toml");
        let read = read_codes(&file).unwrap();
        let read = read.iter().map(|(kind, code, source)| format!("{kind} {code:?} {source:?}"));
        insta::assert_snapshot!(read.collect::<Vec<_>>().join("\n"), @"
        chf_decommissioned AlertCode(N(11)) Assumed
        device_removed AlertCode(N(10)) Assumed
        device_restored AlertCode(N(9)) Data
        device_suspended AlertCode(N(8)) Data
        ");
    }

    #[test]
    fn a_code_comes_with_its_standing() {
        let settings = codes(
            "device_suspended = \"N8\"\ndevice_restored = { code = \"N9\", standing = \"ours\" }\n\
            han_log_unconfirmed = { code = \"N25\" }\n",
        );
        let settings = settings.unwrap();
        let shown = |kind| settings.code(kind).map(|(code, source)| format!("{code} ({source})"));
        for (kind, code) in [
            (AlertKind::DeviceSuspended, Some("N8 (data)")),
            (AlertKind::DeviceRestored, Some("N9 (ours)")),
            (AlertKind::HanLogUnconfirmed, Some("N25 (data)")),
            (AlertKind::HanLogConfirmed, Some("N24 (public)")),
            (AlertKind::DeviceRemoved, None),
        ] {
            assert_eq!(shown(kind).as_deref(), code);
        }
    }

    #[test]
    fn a_file_that_says_something_else_is_refused_with_its_line() {
        let refused = [
            "\ndevice_left = \"N8\"",
            "device_suspended = \"N32\"",
            "\n\ndevice_suspended = 8",
            "version_mismatch = \"N1\"",
            "device_suspended = { code = \"N8\", standing = \"seed\" }",
            "device_suspended = { code = \"N8\", since = 1 }",
        ];
        let refused = refused.map(|text| codes(text).unwrap_err()).join("\n");
        insta::assert_snapshot!(refused, @r#"
            alerts.toml: line 2: device_left: `device_left` is not a DCC Alert: one of han_log_confirmed, han_log_unconfirmed, meter_decommissioned, meter_identity, device_suspended, device_restored, device_removed, chf_decommissioned, firmware_mismatch, gained_meter, version_mismatch
            alerts.toml: line 1: device_suspended: `N32` is not a DCCAlertCode: AD1, N1 to N31, N33 to N65, or N999
            alerts.toml: line 3: device_suspended: a code is wanted, `"N8"`, or `{ code = "N8", standing = "ours" }`
            alerts.toml: line 1: version_mismatch: its code N999 stands as it is (schema)
            alerts.toml: line 1: device_suspended: `seed` is not a standing: public, ours or data
            alerts.toml: line 1: device_suspended: a code is wanted, `"N8"`, or `{ code = "N8", standing = "ours" }`
            "#);
    }
}
