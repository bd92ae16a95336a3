//! Decodes the Bodies of SR 11.1 and SR 11.3.
//!
//! A FirmwareImage has up to 10,240,000 bytes, and nobody here needs them: they are decoded and hashed in pieces, straight from the
//! text of the message, and none is kept.

use std::borrow::Cow;

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    attributes::check_attributes,
    cursor::ElementCursor,
    schema_fault::SchemaFault,
    text::{is_whitespace, text_of},
    values::{DATE_TIME, FIRMWARE_HASH, FIRMWARE_VERSION, reason},
};
use crate::{
    domain::{ActivateFirmware, Eui64, FirmwareHash, FirmwareImage, Malformed, UpdateFirmware},
    duis::xml::{Document, NodeId},
};

/// The longest image, in bytes (schema).
const MAX_IMAGE_BYTES: u32 = 10_240_000;
/// The longest list of Devices, in characters (schema): 50,000 of them.
const MAX_LIST_CHARACTERS: usize = 1_199_999;
/// The characters of base64 that are decoded at once: a multiple of four.
const PIECE: usize = 32 * 1024;

pub(super) fn update(document: &Document, id: NodeId) -> Result<UpdateFirmware, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("UpdateFirmware"))?;
    let image = image_of(document, cursor.required("FirmwareImage")?)?;
    let version = cursor.value("FirmwareVersion", &FIRMWARE_VERSION)?;
    let devices = devices_of(document, cursor.required("DeviceIDList")?)?;
    cursor.end()?;
    Ok(UpdateFirmware { image, version, devices })
}

pub(super) fn activate(document: &Document, id: NodeId) -> Result<ActivateFirmware, SchemaFault> {
    let mut cursor = ElementCursor::inside(document, id, Some("ActivateFirmware"))?;
    let execution = cursor.optional_value("ExecutionDateTime", &DATE_TIME)?;
    let hash = cursor.value("FirmwareHash", &FIRMWARE_HASH)?;
    cursor.end()?;
    Ok(ActivateFirmware { execution, hash })
}

/// The text of an element whose type has no name.
fn unnamed_text<'d>(document: &'d Document, id: NodeId) -> Result<Cow<'d, str>, SchemaFault> {
    check_attributes(document, id, None)?;
    text_of(document, id).ok_or_else(|| SchemaFault::new(id, "it must not contain elements"))
}

fn image_of(document: &Document, id: NodeId) -> Result<FirmwareImage, SchemaFault> {
    let text = unnamed_text(document, id)?;
    hashed(&text).ok_or_else(|| {
        // The value is not repeated: it is long, and no reader finds the fault in it.
        SchemaFault::new(id, "it is not an image: at most 10240000 bytes in base64")
    })
}

/// Hashes and counts the bytes of a base64 text (`xs:base64Binary`): white space may be anywhere in it, and no bit of its last
/// character is lost.
fn hashed(text: &str) -> Option<FirmwareImage> {
    let decoded = vec![0; PIECE / 4 * 3];
    let mut hashing = Hashing { context: Context::new(&SHA256), decoded, bytes: 0, is_ended: false };
    if text.bytes().any(|byte| is_whitespace(char::from(byte))) {
        let mut piece = Vec::with_capacity(PIECE);
        for byte in text.bytes().filter(|byte| !is_whitespace(char::from(*byte))) {
            piece.push(byte);
            if piece.len() == PIECE {
                hashing.add(&piece)?;
                piece.clear();
            }
        }
        hashing.add(&piece)?;
    } else {
        text.as_bytes().chunks(PIECE).try_for_each(|piece| hashing.add(piece))?;
    }
    let digest = hashing.context.finish();
    let octets = digest.as_ref().try_into().ok()?;
    Some(FirmwareImage { hash: FirmwareHash::from_octets(octets), bytes: hashing.bytes })
}

/// The image so far.
struct Hashing {
    context: Context,
    /// The bytes of a piece.
    decoded: Vec<u8>,
    bytes: u32,
    /// Whether a piece ended with padding, so that none may follow.
    is_ended: bool,
}

impl Hashing {
    fn add(&mut self, piece: &[u8]) -> Option<()> {
        if piece.is_empty() {
            return Some(());
        }
        let length = STANDARD.decode_slice(piece, &mut self.decoded).ok().filter(|_| !self.is_ended)?;
        self.context.update(self.decoded.get(..length)?);
        self.is_ended = piece.ends_with(b"=");
        self.bytes = self.bytes.checked_add(u32::try_from(length).ok()?)?;
        (self.bytes <= MAX_IMAGE_BYTES).then_some(())
    }
}

fn devices_of(document: &Document, id: NodeId) -> Result<Vec<Eui64>, SchemaFault> {
    let text = unnamed_text(document, id)?;
    if text.len() > MAX_LIST_CHARACTERS {
        return Err(SchemaFault::new(id, "it names more than 50000 Devices"));
    }
    let device = |text: &str| {
        text.parse().map_err(|malformed: Malformed| SchemaFault::new(id, reason(text, &malformed)))
    };
    text.split(',').map(device).collect()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::digest;
    use proptest::prelude::*;

    use super::*;
    use crate::duis::xml::{names, parse};

    fn update_with(image: &str, devices: &str) -> Result<UpdateFirmware, String> {
        let text = format!(
            "<UpdateFirmware xmlns='{}'><FirmwareImage>{image}</FirmwareImage>\
             <FirmwareVersion>0A000001</FirmwareVersion><DeviceIDList>{devices}</DeviceIDList></UpdateFirmware>",
            names::DUIS
        );
        let document = parse(text.as_bytes()).unwrap();
        update(&document, document.root()).map_err(|fault| fault.reason)
    }

    const DEVICE: &str = "00-DB-12-34-56-78-90-A0";

    /// Base64 of bytes with white space and comments at some places.
    fn spread(bytes: &[u8], places: &[(usize, &str)]) -> String {
        let mut text = STANDARD.encode(bytes);
        for (place, what) in places {
            // Characters of base64 and of what was put in before are all ASCII; a comment must not be put into another.
            let at = place % (text.len() + 1);
            if !text.contains('<') || !what.contains('<') {
                text.insert_str(at.min(text.find('<').unwrap_or(at)), what);
            }
        }
        text
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![" ", "\n", "\t\r\n", "<!-- a comment -->"])
    }

    proptest! {
        #[test]
        fn an_image_is_hashed_as_its_bytes_wherever_white_space_is(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            places in prop::collection::vec((any::<usize>(), piece()), 0..6),
        ) {
            let image = update_with(&spread(&bytes, &places), DEVICE).unwrap().image;
            let octets = digest(&SHA256, &bytes).as_ref().try_into().unwrap();
            let expected =
                FirmwareImage { hash: FirmwareHash::from_octets(octets), bytes: u32::try_from(bytes.len()).unwrap() };
            prop_assert_eq!(image, expected);
        }

        #[test]
        fn what_is_no_base64_is_refused(text in "[A-Za-z0-9+/=]{1,12}") {
            let is_base64 = STANDARD.decode(&text).is_ok();
            prop_assert_eq!(update_with(&text, DEVICE).is_ok(), is_base64, "{}", text);
        }
    }

    /// The pieces are as long as they can be, and the last one is not.
    #[test]
    fn an_image_of_many_pieces_is_hashed_whole_up_to_the_longest() {
        for length in [PIECE / 4 * 3, PIECE / 4 * 3 + 1, 100_001, 10_240_000] {
            let bytes = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect::<Vec<_>>();
            let text = STANDARD.encode(&bytes);
            let image = hashed(&text).unwrap();
            assert_eq!(
                image.hash.to_string(),
                FirmwareHash::from_octets(digest(&SHA256, &bytes).as_ref().try_into().unwrap()).to_string()
            );
            assert_eq!(hashed(&format!("\n{text} ")), Some(image));
        }
        assert_eq!(hashed(&STANDARD.encode(vec![0; 10_240_001])), None);
        // Padding ends an image, at the end of a piece too.
        let ended = format!("{}AA==", "A".repeat(PIECE - 4));
        assert!(hashed(&ended).is_some() && hashed(&format!("{ended}AAAA")).is_none());
    }

    #[test]
    fn a_list_names_devices_with_commas_between_them_and_nothing_else() {
        let two = format!("{DEVICE},{}", DEVICE.to_lowercase());
        let devices = |list: &str| update_with("AA==", list).map(|update| update.devices.len());
        assert_eq!((devices(DEVICE), devices(&two)), (Ok(1), Ok(2)));
        for wrong in [
            "",
            ",",
            &format!("{DEVICE},"),
            &format!(",{DEVICE}"),
            &format!("{DEVICE}, {DEVICE}"),
            &format!(" {DEVICE}"),
        ] {
            assert!(devices(wrong).is_err(), "`{wrong}`");
        }
        let many = |number: usize| vec![DEVICE; number].join(",");
        assert_eq!(devices(&many(50_000)), Ok(50_000));
        assert_eq!(devices(&many(50_001)), Err("it names more than 50000 Devices".to_owned()));
    }

    #[test]
    fn a_value_of_megabytes_is_not_repeated() {
        let image = update_with(&"!".repeat(1_000_000), DEVICE).unwrap_err();
        let list = update_with("AA==", &"x".repeat(1_000_000)).unwrap_err();
        assert!(image.len() < 200 && list.len() < 200, "{image} {list}");
    }
}
