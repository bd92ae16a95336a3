//! `[simulate]`.

use serde::Deserialize;

use super::{
    read::{parsed, regions},
    section::section,
};
use crate::{
    domain::CspRegion,
    service::{SimulatedDevices, SimulatedServiceDesk},
};

section!(
    /// `[simulate]`
    RawSimulate {
        #[serde(deserialize_with = "regions")]
        csp_unavailable: Vec<CspRegion>,
        #[serde(deserialize_with = "parsed")]
        devices: SimulatedDevices,
        delay_ms: u32,
        jitter_ms: u32,
        fail_percent: u8,
        seed: u32,
        #[serde(deserialize_with = "parsed")]
        service_desk: SimulatedServiceDesk,
    }
);
