//! The program itself: run with some words on the data of a panel, until it ends.

use std::{
    io::Write as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use super::database;

/// The program with these words, nothing of the environment of whoever tests, and no data.
pub fn onepanel(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onepanel"));
    command
        .args(words)
        .env_remove("ONEPANEL_DATA_DIR")
        .env_remove("ONEPANEL_DATABASE_URL")
        .env_remove("ONEPANEL_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The program with these words on data of a panel.
#[track_caller]
pub fn onepanel_on(data: &Path, words: &[&str]) -> Command {
    let mut command = onepanel(words);
    let data_dir = command.arg("--data-dir").arg(data);
    data_dir.envs(database::environment(data));
    command
}

/// Runs `onepanel` on data of a panel, with these words and this standard input.
#[track_caller]
pub fn on(data: &Path, words: &[&str], input: &str) -> Output {
    ended(
        onepanel_on(data, words)
            .spawn()
            .expect("the program starts"),
        input,
    )
}

/// Runs `onepanel` with these words on no particular data.
#[track_caller]
pub fn run(words: &[&str]) -> Output {
    ended(onepanel(words).spawn().expect("the program starts"), "")
}

#[track_caller]
fn ended(mut child: Child, input: &str) -> Output {
    let mut stdin = child.stdin.take().expect("its standard input");
    // A program that has refused already reads no more.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// What a program said that has done what it was told.
#[track_caller]
pub fn succeeded(output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

/// What a program complained of that has not, in one line.
#[track_caller]
pub fn failed(output: Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let complaint = String::from_utf8(output.stderr).expect("text");
    assert_eq!(
        complaint.lines().count(),
        1,
        "more than a line: {complaint}"
    );
    complaint
}
