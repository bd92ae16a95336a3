//! Communications Hubs: the notifications of CSPs over CSPM-N3, and the facts for the rules about them.

mod facts;
mod notification;

pub use facts::load as load_facts;
pub(in crate::store) use notification::hub_notifications;
pub use notification::{HubNotice, NotedUpdate, apply, page_of_device};
