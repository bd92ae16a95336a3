//! The register of images: rows and named queries.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    db::{
        Connection, PgConnection, StoreFault, insert_rows, on_either,
        prepared::{self, BindColumn, BindValue, Statement},
    },
    domain::{FirmwareHash, ImageModel, ImageSize, RegisteredImage, instant_text},
    store::{
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    firmware_images (firmware_hash) {
        firmware_hash -> Text,
        size_bytes -> BigInt,
        firmware_version -> Text,
        device_manufacturer -> Nullable<Text>,
        device_model -> Nullable<Text>,
        device_type -> Nullable<Text>,
        part_of -> Nullable<Text>,
        name -> Nullable<Text>,
        source -> Text,
        registered_at -> Text,
    }
}

const TABLE: Table = Table("firmware_images");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = firmware_images, treat_none_as_default_value = false)]
struct ImageRow {
    firmware_hash: String,
    size_bytes: i64,
    firmware_version: String,
    device_manufacturer: Option<String>,
    device_model: Option<String>,
    device_type: Option<String>,
    part_of: Option<String>,
    name: Option<String>,
    source: String,
    registered_at: String,
}

impl From<&RegisteredImage> for ImageRow {
    fn from(image: &RegisteredImage) -> Self {
        let RegisteredImage { hash, size, version, model, part_of, name, source, registered_at } = image;
        Self {
            firmware_hash: hash.to_string(),
            size_bytes: i64::from(size.bytes()),
            firmware_version: version.to_string(),
            device_manufacturer: model.as_ref().map(|model| model.manufacturer.to_string()),
            device_model: model.as_ref().map(|model| model.model.to_string()),
            device_type: model.as_ref().map(|model| model.device_type.to_string()),
            part_of: text(part_of.as_ref()),
            name: text(name.as_ref()),
            source: source.to_string(),
            registered_at: instant_text(*registered_at),
        }
    }
}

impl TryFrom<ImageRow> for RegisteredImage {
    type Error = StoreFault;

    fn try_from(row: ImageRow) -> Result<Self, StoreFault> {
        let manufacturer = TABLE.optional("device_manufacturer", row.device_manufacturer.as_deref())?;
        let model = TABLE.optional("device_model", row.device_model.as_deref())?;
        let device_type = TABLE.optional("device_type", row.device_type.as_deref())?;
        let model = manufacturer.zip(model).zip(device_type);
        Ok(Self {
            hash: TABLE.value("firmware_hash", &row.firmware_hash)?,
            size: size(TABLE, row.size_bytes)?,
            version: TABLE.value("firmware_version", &row.firmware_version)?,
            model: model.map(|((manufacturer, model), device_type)| ImageModel {
                manufacturer,
                model,
                device_type,
            }),
            part_of: TABLE.optional("part_of", row.part_of.as_deref())?,
            name: TABLE.optional("name", row.name.as_deref())?,
            source: TABLE.value("source", &row.source)?,
            registered_at: TABLE.instant("registered_at", &row.registered_at)?,
        })
    }
}

/// The size of an image as a table has it.
pub(super) fn size(table: Table, bytes: i64) -> Result<ImageSize, StoreFault> {
    table.value("size_bytes", &bytes.to_string())
}

/// Loads the whole register, by hash.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<RegisteredImage>, StoreFault> {
    let rows = firmware_images::table.order(firmware_images::firmware_hash);
    let rows = rows.select(ImageRow::as_select()).load(connection)?;
    rows.into_iter().map(RegisteredImage::try_from).collect()
}

/// Loads a page of the register, by hash: the images behind this one. Says where the next page begins.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn page(
    connection: &mut Connection,
    after: Option<FirmwareHash>,
    limit: u16,
) -> Result<(Vec<RegisteredImage>, Option<FirmwareHash>), StoreFault> {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let rows = firmware_images::table.filter(firmware_images::firmware_hash.gt(after));
    let rows = rows.order(firmware_images::firmware_hash).limit(i64::from(limit) + 1);
    let rows = rows.select(ImageRow::as_select()).load(connection)?;
    let mut images = rows.into_iter().map(RegisteredImage::try_from).collect::<Result<Vec<_>, _>>()?;
    let is_last = images.len() <= usize::from(limit);
    images.truncate(limit.into());
    let next = images.last().map(|image| image.hash).filter(|_| !is_last);
    Ok((images, next))
}

/// Finds an image.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn find(connection: &mut Connection, hash: FirmwareHash) -> Result<Option<RegisteredImage>, StoreFault> {
    Ok(images_of(connection, &[hash].into())?.pop())
}

/// Loads these images. One that is not on the register is missing.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn images_of(
    connection: &mut Connection,
    hashes: &BTreeSet<FirmwareHash>,
) -> Result<Vec<RegisteredImage>, StoreFault> {
    let names = hashes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = firmware_images::table.filter(firmware_images::firmware_hash.eq_any(names));
        rows.select(ImageRow::as_select()).load(inner)
    })?;
    rows.into_iter().map(RegisteredImage::try_from).collect()
}

/// The hashes of the parts of these images: pairs of whole and part.
pub(super) fn parts_of(
    connection: &mut Connection,
    wholes: &BTreeSet<FirmwareHash>,
) -> Result<Vec<(FirmwareHash, FirmwareHash)>, StoreFault> {
    let names = wholes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        let rows = firmware_images::table.filter(firmware_images::part_of.eq_any(names));
        let pairs = rows.select((firmware_images::part_of.assume_not_null(), firmware_images::firmware_hash));
        pairs.load::<(String, String)>(inner)
    })?;
    let read = |(whole, part): (String, String)| {
        Ok((TABLE.value("part_of", &whole)?, TABLE.value("firmware_hash", &part)?))
    };
    rows.into_iter().map(read).collect()
}

/// Writes images in the place of what was known of them.
pub(super) fn replace(connection: &mut Connection, images: &[RegisteredImage]) -> Result<(), StoreFault> {
    for batch in images.chunks(BATCH) {
        let hashes = batch.iter().map(|image| image.hash.to_string()).collect::<Vec<_>>();
        diesel::delete(firmware_images::table.filter(firmware_images::firmware_hash.eq_any(hashes)))
            .execute(connection)?;
        let rows = batch.iter().map(ImageRow::from).collect::<Vec<_>>();
        insert_rows!(connection, firmware_images::table, rows)?;
    }
    Ok(())
}

struct InsertImage;

impl Statement for InsertImage {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_images (firmware_hash, size_bytes, firmware_version, device_manufacturer, \
        device_model, device_type, part_of, name, source, registered_at) VALUES (",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ") ON CONFLICT (firmware_hash) DO NOTHING",
    ];
}

/// Puts an image on the register, unless it is there.
pub(super) fn insert(connection: &mut Connection, image: &RegisteredImage) -> Result<(), StoreFault> {
    let row = ImageRow::from(image);
    let values = [
        BindValue::Text(&row.firmware_hash),
        BindValue::Number(row.size_bytes),
        BindValue::Text(&row.firmware_version),
        BindValue::Optional(row.device_manufacturer.as_deref()),
        BindValue::Optional(row.device_model.as_deref()),
        BindValue::Optional(row.device_type.as_deref()),
        BindValue::Optional(row.part_of.as_deref()),
        BindValue::Optional(row.name.as_deref()),
        BindValue::Text(&row.source),
        BindValue::Text(&row.registered_at),
    ];
    prepared::run::<InsertImage>(connection, &values)?;
    Ok(())
}

struct InsertImages;

impl Statement for InsertImages {
    const TEXT: &'static [&'static str] = &[
        "INSERT INTO firmware_images (firmware_hash, size_bytes, firmware_version, device_manufacturer, \
        device_model, device_type, part_of, name, source, registered_at) SELECT * FROM unnest(",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ", ",
        ") ON CONFLICT (firmware_hash) DO NOTHING",
    ];
}

/// Puts images on the register that are not there, on a server by one statement.
pub(in crate::store) fn insert_all(
    connection: &mut PgConnection,
    images: &[RegisteredImage],
) -> Result<(), StoreFault> {
    if images.is_empty() {
        return Ok(());
    }
    let rows = images.iter().map(ImageRow::from).collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |row| Some(&row.firmware_hash)),
        BindColumn::numbers(&rows, |row| Some(row.size_bytes)),
        BindColumn::texts(&rows, |row| Some(&row.firmware_version)),
        BindColumn::texts(&rows, |row| row.device_manufacturer.as_deref()),
        BindColumn::texts(&rows, |row| row.device_model.as_deref()),
        BindColumn::texts(&rows, |row| row.device_type.as_deref()),
        BindColumn::texts(&rows, |row| row.part_of.as_deref()),
        BindColumn::texts(&rows, |row| row.name.as_deref()),
        BindColumn::texts(&rows, |row| Some(&row.source)),
        BindColumn::texts(&rows, |row| Some(&row.registered_at)),
    ];
    prepared::run_with_rows::<InsertImages>(connection, &columns)?;
    Ok(())
}
