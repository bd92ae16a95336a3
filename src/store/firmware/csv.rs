//! The register of images, `firmware.csv`: a file replaces the images that it names.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use serde::{Deserialize, Serialize};

use super::images;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        FirmwareHash, FirmwareVersion, ImageModel, ImageName, ImageSize, ImageSource, Now, RegisteredImage,
    },
    store::csv::{
        Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet, cells,
        import_whole, refuse_duplicates, write,
    },
};

/// An image as a line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct ImageEntry {
    hash: FirmwareHash,
    size: ImageSize,
    version: FirmwareVersion,
    model: Option<ImageModel>,
    part_of: Option<FirmwareHash>,
    name: Option<ImageName>,
}

impl From<RegisteredImage> for ImageEntry {
    fn from(image: RegisteredImage) -> Self {
        let RegisteredImage { hash, size, version, model, part_of, name, .. } = image;
        Self { hash, size, version, model, part_of, name }
    }
}

impl ImageEntry {
    fn registered(&self, now: Now) -> RegisteredImage {
        let Self { hash, size, version, model, part_of, name } = self.clone();
        let (source, registered_at) = (ImageSource::File, now.0);
        RegisteredImage { hash, size, version, model, part_of, name, source, registered_at }
    }
}

/// One line of firmware.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct FirmwareLine {
    firmware_hash: String,
    size_bytes: String,
    firmware_version: String,
    device_manufacturer: String,
    device_model: String,
    device_type: String,
    part_of: String,
    name: String,
}

impl From<&ImageEntry> for FirmwareLine {
    fn from(entry: &ImageEntry) -> Self {
        let ImageEntry { hash, size, version, model, part_of, name } = entry;
        let of_model = |part: fn(&ImageModel) -> String| model.as_ref().map(part).unwrap_or_default();
        Self {
            firmware_hash: hash.to_string(),
            size_bytes: size.to_string(),
            firmware_version: version.to_string(),
            device_manufacturer: of_model(|model| model.manufacturer.to_string()),
            device_model: of_model(|model| model.model.to_string()),
            device_type: of_model(|model| model.device_type.to_string()),
            part_of: part_of.map(|whole| whole.to_string()).unwrap_or_default(),
            name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

const PART_OF: &str = "part_of";
const SIZE: &str = "size_bytes";

impl FirmwareLine {
    /// All three of manufacturer, model and type, or none.
    fn model(&self, fields: &mut Fields<'_>) -> Option<Option<ImageModel>> {
        let cells = [&self.device_manufacturer, &self.device_model, &self.device_type];
        if cells.iter().all(|cell| cell.is_empty()) {
            return Some(None);
        }
        let columns = ["device_manufacturer", "device_model", "device_type"];
        for (column, cell) in columns.into_iter().zip(cells) {
            if cell.is_empty() {
                let reason =
                    "empty, but a Device Model has a manufacturer, a model and a type, or none of the three";
                fields.fault(column, cell, reason);
            }
        }
        if cells.iter().any(|cell| cell.is_empty()) {
            return None;
        }
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let device_type = fields.required("device_type", &self.device_type);
        Some(Some(ImageModel { manufacturer: manufacturer?, model: model?, device_type: device_type? }))
    }
}

impl Sheet for FirmwareLine {
    const COLUMNS: &'static [&'static str] = &[
        "firmware_hash",
        SIZE,
        "firmware_version",
        "device_manufacturer",
        "device_model",
        "device_type",
        PART_OF,
        "name",
    ];
    const REQUIRED: &'static [&'static str] = &["firmware_hash", SIZE, "firmware_version"];
    type Value = ImageEntry;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ImageEntry> {
        let hash = fields.required("firmware_hash", &self.firmware_hash);
        let size = fields.required(SIZE, &self.size_bytes);
        let version = fields.required("firmware_version", &self.firmware_version);
        let model = self.model(fields);
        let part_of = fields.optional::<FirmwareHash>(PART_OF, &self.part_of);
        let name = fields.optional("name", &self.name);
        let (hash, part_of) = (hash?, part_of?);
        if part_of == Some(hash) {
            fields.fault(PART_OF, &self.part_of, "an image is no part of itself");
            return None;
        }
        Some(ImageEntry { hash, size: size?, version: version?, model: model?, part_of, name: name? })
    }

    fn compare(lines: &[Line<ImageEntry>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "firmware_hash", |image| Some((image.hash, image.hash.to_string())));
    }
}

impl CsvKind for FirmwareLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        let images = images::all(connection)?.into_iter().map(ImageEntry::from).collect::<Vec<_>>();
        write::<Self, _>(&images, to)
    }
}

impl WriteSheet for FirmwareLine {
    /// A part is of an image that is no part itself, and a whole has the size of its parts: as the register will be.
    fn compare_with_stored(
        connection: &mut Connection,
        lines: &[Line<ImageEntry>],
        faults: &mut Faults,
    ) -> Result<(), StoreFault> {
        Register::with(images::all(connection)?, lines).check(lines, faults);
        Ok(())
    }

    fn changes(connection: &mut Connection, values: &[ImageEntry]) -> Result<Changes, StoreFault> {
        let named = values.iter().map(|image| image.hash).collect::<BTreeSet<_>>();
        let mut before = images::all(connection)?.into_iter().map(ImageEntry::from).collect::<Vec<_>>();
        before.retain(|image| named.contains(&image.hash));
        let cells = |image: &ImageEntry| cells(&Self::from(image));
        Ok(Changes::between(&before, values, |image| image.hash.to_string(), Self::COLUMNS, cells))
    }

    fn write(
        connection: &mut Connection,
        values: &[ImageEntry],
        now: Now,
    ) -> Result<Consequences, StoreFault> {
        let images = values.iter().map(|image| image.registered(now)).collect::<Vec<_>>();
        images::replace(connection, &images)?;
        Ok(Consequences::default())
    }
}

/// The register as an import leaves it: sizes, and the parts of each whole.
struct Register {
    images: BTreeMap<FirmwareHash, ImageEntry>,
    parts: BTreeMap<FirmwareHash, Vec<FirmwareHash>>,
    /// The whole that an image was a part of before.
    before: BTreeMap<FirmwareHash, FirmwareHash>,
}

impl Register {
    fn with(stored: Vec<RegisteredImage>, lines: &[Line<ImageEntry>]) -> Self {
        let before = stored.iter().filter_map(|image| Some((image.hash, image.part_of?))).collect();
        let stored = stored.into_iter().map(ImageEntry::from);
        let all = stored.chain(lines.iter().map(|line| line.value.clone()));
        let images = all.map(|image| (image.hash, image)).collect::<BTreeMap<_, _>>();
        let mut parts = BTreeMap::<_, Vec<_>>::new();
        for image in images.values() {
            if let Some(whole) = image.part_of {
                parts.entry(whole).or_default().push(image.hash);
            }
        }
        Self { images, parts, before }
    }

    fn check(&self, lines: &[Line<ImageEntry>], faults: &mut Faults) {
        let mut told = BTreeSet::new();
        for Line { number, value: image } in lines {
            if let Some(whole) = image.part_of
                && let Err(reason) = self.check_whole(image.hash, whole)
            {
                faults.in_value(*number, PART_OF, &whole.to_string(), reason);
            }
            // The sums that the line may have changed: of its own parts, and of the wholes that it is and was a part of.
            let wholes = [Some(image.hash), image.part_of, self.before.get(&image.hash).copied()];
            for whole in wholes.into_iter().flatten() {
                if let Some(reason) = self.wrong_sum(whole)
                    && told.insert(whole)
                {
                    let line = lines.iter().find(|line| line.value.hash == whole);
                    let (number, size) =
                        line.map_or((*number, image.size), |line| (line.number, line.value.size));
                    faults.in_value(number, SIZE, &size.to_string(), reason);
                }
            }
        }
    }

    fn check_whole(&self, part: FirmwareHash, whole: FirmwareHash) -> Result<(), String> {
        match self.images.get(&whole) {
            None => Err(format!("image `{whole}` is neither in the file nor on the register")),
            Some(ImageEntry { part_of: Some(_), .. }) => Err(format!("image `{whole}` is a part itself")),
            Some(_) if self.parts.contains_key(&part) => Err(format!("image `{part}` has parts itself")),
            Some(_) => Ok(()),
        }
    }

    /// Why the size of a whole is wrong; none where it is right, or the image has no parts.
    fn wrong_sum(&self, whole: FirmwareHash) -> Option<String> {
        let (size, parts) = (self.images.get(&whole)?.size, self.parts.get(&whole)?);
        let sizes = parts.iter().filter_map(|part| self.images.get(part));
        let sum = sizes.map(|part| u64::from(part.size.bytes())).sum::<u64>();
        (sum != u64::from(size.bytes()))
            .then(|| format!("image `{whole}` has {size} bytes, and the sum of its parts is {sum}"))
    }
}
