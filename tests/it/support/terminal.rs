//! A command on a terminal: a pseudo terminal of Python, in place of a person.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::oracles::is_there;

/// Python's module copies what the command writes, to either of its outputs, to standard output.
const SPAWN: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) & 255)";

/// Runs `smi` on a terminal; none where Python is lacking, and the test is to be left out.
pub(crate) fn smi_on_a_terminal(
    dir: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Option<Output> {
    if !is_there("python3") {
        return None;
    }
    let mut command = Command::new("python3");
    command.args(["-c", SPAWN, env!("CARGO_BIN_EXE_smi")]).args(arguments).current_dir(dir);
    command.env_remove("NO_COLOR").env("TERM", "xterm").envs(environment.iter().copied());
    Some(command.output().unwrap())
}
