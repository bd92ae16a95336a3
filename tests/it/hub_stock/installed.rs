//! The installation of a hub by a Supplier's request.

use smi::{
    domain::{Body, Eui64, HubInstall, HubInstallType, HubLocation},
    store::Kind,
};

use crate::support::{SUPPLIER, Smi};

/// Reports the installation of a hub by SR 8.14.1.
pub(super) fn install(smi: &Smi, chf: Eui64) {
    let registrations = "mpxn,role,user_id,effective_from\n\
        1012345678901,IS,90-B3-D5-1F-30-01-00-00,2020-01-01\n";
    smi.import(Kind::Registrations, registrations);
    let install = HubInstall {
        device_id: chf,
        install_type: HubInstallType::New,
        at: None,
        reference: None,
        mpxn: "1012345678901".parse().unwrap(),
        gis: None,
        aerial: false,
        location: HubLocation::ExternalWall,
        information: None,
    };
    assert_eq!(smi.ask(SUPPLIER, Body::HubInstallSuccess(install)).code, "I99");
}
