//! Messages near the border between valid and invalid: requests with a few changes, always the same ones.

mod bases;
mod chance;
mod change;
mod tree;
mod values;

pub(crate) use chance::Chance;

use change::change;

/// So many messages; every valid request they were made from is among them.
pub(crate) fn messages(count: usize) -> Vec<String> {
    let mut chance = Chance::new(1);
    let bases = bases::all();
    let mut messages = bases.iter().map(tree::Tree::render).collect::<Vec<_>>();
    while messages.len() < count {
        let mut message = chance.pick(&bases).clone();
        for _ in 0..*chance.pick(&[1, 1, 1, 1, 2, 2, 3]) {
            change(&mut message, &mut chance);
        }
        messages.push(message.render());
    }
    messages
}
