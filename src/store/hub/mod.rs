//! Communications Hubs: the notifications of CSPs over CSPM-N3, the DCC's SSMI files, and the facts for the rules about them.

mod effect;
mod facts;
mod notification;
mod ssmi;

pub use facts::load as load_facts;
pub(in crate::store) use notification::hub_notifications;
pub use notification::{HubNotice, NotedUpdate, apply, page_of_device};
pub use ssmi::{apply as apply_ssmi, load_facts as load_ssmi_facts, read as read_ssmi};
