//! The file of a request: `chf_device_id,firmware_version,device_manufacturer,device_model,pallet,carton`, the last two columns
//! may be left out (HUBS.md 6).

use std::io::{Read, Write};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    domain::{
        Eui64,
        reflash::{Package, RequestLine},
    },
    store::{
        csv::{Faults, Fields, ImportFault, Line, Sheet, read_lines},
        stored::text,
    },
};

/// The columns; the last two may be left out.
const COLUMNS: [&str; 6] =
    ["chf_device_id", "firmware_version", "device_manufacturer", "device_model", "pallet", "carton"];

/// One line of the file. Columns that are not there are absent, and not empty.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct RequestSheet {
    chf_device_id: String,
    firmware_version: String,
    device_manufacturer: String,
    device_model: String,
    #[serde(deserialize_with = "present")]
    pallet: Option<String>,
    #[serde(deserialize_with = "present")]
    carton: Option<String>,
}

/// A value of a column that is there, though it may be empty: the CSV reader takes an empty value for an absent one.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    String::deserialize(from).map(Some)
}

impl Sheet for RequestSheet {
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    const REQUIRED: &'static [&'static str] =
        &["chf_device_id", "firmware_version", "device_manufacturer", "device_model"];
    type Value = RequestLine;

    /// An empty value is no fault of the file, but a ground of the request (RF/a).
    fn read(&self, fields: &mut Fields<'_>) -> Option<RequestLine> {
        let chf = fields.optional::<Eui64>("chf_device_id", &self.chf_device_id);
        let firmware_version = fields.optional("firmware_version", &self.firmware_version);
        let manufacturer = fields.optional("device_manufacturer", &self.device_manufacturer);
        let model = fields.optional("device_model", &self.device_model);
        let package_columns = self.pallet.is_some() || self.carton.is_some();
        let pallet = fields.optional("pallet", self.pallet.as_deref().unwrap_or_default());
        let carton = fields.optional("carton", self.carton.as_deref().unwrap_or_default());
        let package = Package { pallet: pallet?, carton: carton? };
        Some(RequestLine {
            line: 0,
            chf: chf?,
            firmware_version: firmware_version?,
            manufacturer: manufacturer?,
            model: model?,
            package: package_columns.then_some(package),
        })
    }

    fn compare(_: &[Line<RequestLine>], _: &mut Faults) {}
}

/// Reads the lines of a request's file.
///
/// # Errors
/// When it cannot be read to its end: with line, column and reason.
pub fn read_request(from: impl Read) -> Result<Vec<RequestLine>, ImportFault> {
    let mut faults = Faults::default();
    let lines = read_lines::<RequestSheet>(from, &mut |_| {}, &mut faults)?;
    if faults.is_empty() && lines.is_empty() {
        faults.in_line(1, "no lines follow the header");
    }
    faults.into_result()?;
    let numbered = |Line { number, value }: Line<RequestLine>| RequestLine {
        line: u32::try_from(number).unwrap_or(u32::MAX),
        ..value
    };
    Ok(lines.into_iter().map(numbered).collect())
}

/// Writes lines as the file of a request; without the columns of packages where no line tells one.
///
/// # Errors
/// When it cannot be written.
pub fn write_request(to: impl Write, lines: &[RequestLine]) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    let columns = if lines.iter().any(|line| line.package.is_some()) { 6 } else { 4 };
    writer.write_record(COLUMNS.iter().take(columns))?;
    for line in lines {
        let RequestLine { line: _, chf, firmware_version, manufacturer, model, package } = line;
        let package = package.as_ref();
        let values = [
            text(chf.as_ref()),
            text(firmware_version.as_ref()),
            text(manufacturer.as_ref()),
            text(model.as_ref()),
            text(package.and_then(|package| package.pallet.as_ref())),
            text(package.and_then(|package| package.carton.as_ref())),
        ];
        writer.write_record(values.into_iter().take(columns).map(Option::unwrap_or_default))?;
    }
    Ok(writer.flush()?)
}
