//! The command-line client: the real program against a panel. What it prints, what it says in a line
//! when something is wrong, and the exit codes that scripts go by.

mod api;
mod members;
mod secrets;
mod trouble;
mod trust;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::support::{
    panel::{DEMO_PASSWORD, TestPanel},
    tls::Connection,
};

/// Somebody at a terminal of a machine: where the client looks, and what it is told beside its words.
pub struct Console {
    variables: Vec<(String, String)>,
    /// The file that the client is told to trust, for as long as it is needed.
    ca: Option<NamedTempFile>,
}

impl Console {
    /// Asks at this address and believes the certificate that is shown there.
    #[track_caller]
    pub fn at(url: &str) -> Self {
        let ca = file(&Connection::open(url).certificate());
        let path = ca.path().to_str().expect("a path in UTF-8").to_owned();
        let mut console = Self::stranger(url).with("ONEPANEL_CA", &path);
        console.ca = Some(ca);
        console
    }

    /// Asks at this address and believes what the machine does.
    pub fn stranger(url: &str) -> Self {
        let console = Self {
            variables: Vec::new(),
            ca: None,
        };
        console.with("ONEPANEL_URL", url)
    }

    /// A demo user with a token at the hosted interface.
    #[track_caller]
    pub fn of(panel: &TestPanel, username: &str) -> Self {
        let token = panel.user(username).access_token("of the command line");
        Self::at(&panel.hosted()).with("ONEPANEL_TOKEN", &token)
    }

    /// Also says this.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The program with these words, about to start. It sees nothing of the environment of the tests.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onepanel"));
        command
            .args(words)
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it with this on its standard input.
    #[track_caller]
    pub fn run_with(&self, words: &[&str], input: &str) -> Ran {
        let mut child = self.command(words).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its standard input");
        // A program that has refused already reads no more.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ran {
            words: words.join(" "),
            output: child.wait_with_output().expect("the program ends"),
        }
    }

    /// Runs it.
    #[track_caller]
    pub fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, "")
    }

    /// Runs a line of words between blanks, which has to succeed, and gives what it prints.
    #[track_caller]
    pub fn says(&self, line: &str) -> String {
        self.run(&line.split(' ').collect::<Vec<_>>()).succeeded()
    }

    /// The same, as JSON.
    #[track_caller]
    pub fn json(&self, line: &str) -> Value {
        let said = self.says(&format!("{line} --output json"));
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{line}: {error}: {said}"))
    }

    /// Runs a line of words, which has to fail, and gives the complaint.
    #[track_caller]
    pub fn fails(&self, code: i32, line: &str) -> String {
        self.run(&line.split(' ').collect::<Vec<_>>()).failed(code)
    }
}

/// What became of it.
pub struct Ran {
    words: String,
    pub output: Output,
}

impl Ran {
    /// Insists on success, without a word on standard error.
    #[track_caller]
    pub fn succeeded(&self) -> String {
        let complaint = String::from_utf8_lossy(&self.output.stderr);
        let status = self.output.status;
        assert!(
            status.success() && complaint.is_empty(),
            "{}: {status}: {complaint}",
            self.words
        );
        self.printed()
    }

    /// Insists on an exit code, and on one line that says why.
    #[track_caller]
    pub fn failed(&self, code: i32) -> String {
        let complaint = String::from_utf8_lossy(&self.output.stderr).into_owned();
        let found = self.output.status.code();
        assert_eq!(found, Some(code), "{}: {complaint}", self.words);
        assert_eq!(complaint.lines().count(), 1, "{}: {complaint}", self.words);
        complaint
    }

    /// What it printed.
    pub fn printed(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).expect("text")
    }
}

/// A file with this text.
pub fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("room for it");
    file
}

/// The path of a file.
pub fn path(file: &NamedTempFile) -> &str {
    file.path().to_str().expect("a path in UTF-8")
}

#[test]
fn a_password_is_as_good_as_a_token() {
    let panel = TestPanel::demo();
    let admin = Console::at(&panel.hosted()).with("ONEPANEL_USER", "admin");
    let typed = format!("{DEMO_PASSWORD}\n");
    let me = admin.run_with(&["api", "GET", "user"], &typed);
    assert!(me.succeeded().contains("Ada Admin"));
    let members = admin.run_with(&["members", "list", "lapland"], &typed);
    assert!(members.succeeded().contains("Joe Smith"));
    let admin = admin.with("ONEPANEL_PASSWORD", DEMO_PASSWORD);
    let groups = admin.says("members list lapland --groups");
    assert!(groups.contains("Science Division"));
    // A token in the environment goes before a name there, and a name among the words before both.
    let token = panel.user("joe").access_token("of joe");
    let both = admin.with("ONEPANEL_TOKEN", &token);
    assert!(both.says("api GET user").contains("Joe Smith"));
    assert!(both.says("api GET user --user admin").contains("Ada Admin"));
}

#[test]
fn a_token_is_read_from_a_file_or_standard_input() {
    let panel = TestPanel::demo();
    let token = panel.user("joe").access_token("of joe");
    let console = Console::at(&panel.hosted());
    let kept = file(&format!("{token}\nnotes\n"));
    let me = console.run(&["api", "GET", "user", "--token-file", path(&kept)]);
    assert!(me.succeeded().contains("Joe Smith"));
    let words = ["api", "GET", "user", "--token-file", "-"];
    assert!(
        console
            .run_with(&words, &format!("{token}\n"))
            .succeeded()
            .contains("Joe Smith")
    );
    let console = console.with("ONEPANEL_TOKEN_FILE", path(&kept));
    assert!(
        console
            .says("members list lapland --users")
            .contains("Joe Smith")
    );
}
