//! `[csp_gateway]`: the listener for CSPs, and its access list.

use std::{fmt, net::SocketAddr};

use super::{
    fault::SettingsFault,
    raw::{RawCspGateway, RawCsps},
};
use crate::{
    domain::{Csp, CspRegion, Eui64},
    rules::n3::KnownHubs,
    service::Gateway,
    tls::ServerFiles,
};

/// The name of the section.
const SETTING: &str = "csp_gateway";

/// The settings of `[csp_gateway]`.
#[derive(Clone, Debug)]
pub struct CspGatewaySettings {
    /// The address of the listener.
    pub listen: SocketAddr,
    /// The files for TLS. Client certificates are always required.
    pub files: ServerFiles,
    /// The CSPs, and what they may do.
    pub gateway: Gateway,
}

/// Checks the section; none if nothing of it is set.
pub(super) fn read(raw: RawCspGateway, dcc: Eui64) -> Result<Option<CspGatewaySettings>, SettingsFault> {
    let RawCspGateway { listen, certificate, key, client_ca, update_known_hubs, csps } = raw;
    let csps = csps_of(&csps);
    // A section without `listen` is refused instead of ignored: the operator believes that there is a listener.
    let Some(listen) = listen else {
        let is_set = certificate.is_some() || key.is_some() || client_ca.is_some() || !csps.is_empty();
        return if is_set || update_known_hubs.is_some() {
            unusable("without `listen` there is no such listener, and nothing else of it is of use")
        } else {
            Ok(None)
        };
    };
    let (Some(certificate), Some(key), Some(client_ca)) = (certificate, key, client_ca) else {
        return unusable(
            "set certificate, key and client_ca: a CSP is known by its client certificate alone",
        );
    };
    if csps.is_empty() {
        return unusable("set csps: the EUI-64 of the CSP of each CSP Region, `North = \"90-B3-...\"`");
    }
    // History and decision records name the CSP by its EUI-64: its changes would look like the DCC's own.
    if csps.iter().any(|csp| csp.id == dcc) {
        return unusable(&format!("csps: `{dcc}` is the DCC's, trust.dcc_id"));
    }
    let files = ServerFiles { setting: SETTING, certificate, key, client_ca: Some(client_ca) };
    let known_hubs = if update_known_hubs.unwrap_or(false) { KnownHubs::AreUpdated } else { KnownHubs::Stay };
    Ok(Some(CspGatewaySettings { listen, files, gateway: Gateway { csps, known_hubs } }))
}

/// The CSPs, each once with all its regions: several regions may have the same CSP.
fn csps_of(raw: &RawCsps) -> Vec<Csp> {
    let mut csps: Vec<Csp> = Vec::new();
    for (region, id) in raw.regions() {
        match csps.iter_mut().find(|csp| Some(csp.id) == id) {
            Some(csp) => csp.regions.push(region),
            None => csps.extend(id.map(|id| Csp { id, regions: vec![region] })),
        }
    }
    csps
}

impl RawCsps {
    fn regions(&self) -> [(CspRegion, Option<Eui64>); 6] {
        let Self { north, central, south, north_4g, central_4g, south_4g } = self;
        [
            (CspRegion::North, *north),
            (CspRegion::Central, *central),
            (CspRegion::South, *south),
            (CspRegion::North4G, *north_4g),
            (CspRegion::Central4G, *central_4g),
            (CspRegion::South4G, *south_4g),
        ]
    }
}

fn unusable<T>(reason: &str) -> Result<T, SettingsFault> {
    Err(SettingsFault::Unusable(format!("{SETTING}: {reason}")))
}

impl fmt::Display for CspGatewaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &str| toml::Value::from(text).to_string();
        writeln!(f, "[{SETTING}]\nlisten = {}", text(&self.listen.to_string()))?;
        let ServerFiles { setting: _, certificate, key, client_ca } = &self.files;
        let files =
            [("certificate", Some(certificate)), ("key", Some(key)), ("client_ca", client_ca.as_ref())];
        for (name, file) in files {
            let file = file.map(|file| text(&file.display().to_string()));
            writeln!(f, "{name} = {}", file.unwrap_or_default())?;
        }
        writeln!(f, "update_known_hubs = {}", self.gateway.known_hubs == KnownHubs::AreUpdated)?;
        writeln!(f, "[{SETTING}.csps]")?;
        for region in CspRegion::WITH_COVERAGE {
            let csp = self.gateway.csps.iter().find(|csp| csp.regions.contains(region));
            if let Some(csp) = csp {
                writeln!(f, "{} = {}", text(region.as_str()), text(&csp.id.to_string()))?;
            }
        }
        Ok(())
    }
}
