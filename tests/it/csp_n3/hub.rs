//! Hubs as a CSP writes them.

use crate::support::SUPPLIER;

/// A hub: its attributes, in the order of the schema.
#[derive(Clone, Debug)]
pub(super) struct Hub(Vec<(&'static str, String)>);

impl Hub {
    /// The hub of that number, for North.
    pub(super) fn new(number: u32) -> Self {
        Self::with_ids(&id(0xC0, number), &id(0x60, number))
    }

    pub(super) fn with_ids(chf: &str, gpf: &str) -> Self {
        let attributes = [
            ("chfDeviceId", chf),
            ("gpfDeviceId", gpf),
            ("manufacturer", "Sample Hubs"),
            ("model", "SH-C1"),
            ("firmwareVersion", "02000000"),
            ("chtsVersion", "CHTS V1.4"),
            ("gbcsVersion", "4.1"),
            ("hanVariant", "Dual Band"),
            ("cspRegion", "North"),
            ("receivingUser", &SUPPLIER.to_string()),
        ];
        Self(attributes.map(|(name, value)| (name, value.to_owned())).to_vec())
    }

    pub(super) fn chf(&self) -> String {
        self.get("chfDeviceId").to_owned()
    }

    pub(super) fn gpf(&self) -> String {
        self.get("gpfDeviceId").to_owned()
    }

    pub(super) fn get(&self, name: &str) -> &str {
        &self.0.iter().find(|(known, _)| *known == name).unwrap().1
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.iter_mut().find(|(known, _)| *known == name).unwrap().1 = value.to_owned();
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| *known != name);
        self
    }

    pub(super) fn names() -> Vec<&'static str> {
        Self::new(1).0.iter().map(|(name, _)| *name).collect()
    }

    pub(super) fn xml(&self) -> String {
        let attributes = self.0.iter().map(|(name, value)| format!(" {name}=\"{value}\""));
        format!("<Hub{}/>", attributes.collect::<String>())
    }
}

fn id(kind: u8, number: u32) -> String {
    let [a, b, c, d] = number.to_be_bytes();
    format!("00-DB-12-{kind:02X}-{a:02X}-{b:02X}-{c:02X}-{d:02X}")
}

/// A message with that batchId.
pub(super) fn message(batch: u64, hubs: &[Hub]) -> String {
    let hubs = hubs.iter().map(|hub| format!("\n{}", hub.xml())).collect::<String>();
    format!("<HubNotifications xmlns=\"urn:smi:cspm-n3:1\" batchId=\"{batch}\">{hubs}\n</HubNotifications>")
}
