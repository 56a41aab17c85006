//! `onepanel api`: any question to the JSON API, and the answer as it is.

use std::{
    borrow::Cow,
    fs,
    io::{self, IsTerminal as _, Read as _, Write as _},
};

use clap::Args;
use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{
    EXIT_CODES, Failure,
    identity::SECRET_HEADERS,
    remote::{Answer, Question, Remote, plain},
};
use crate::settings::{ClientOptions, ClientSettings};

const EXAMPLES: &str = "\
Examples:
  onepanel api GET clusters
  onepanel api GET 'clusters/lapland/users?limit=10'
  onepanel api PATCH clusters/lapland/users/joe/privileges --data '{\"grant\": [\"cluster_update\"]}'
  onepanel api POST user/tokens/named --data @token.json
  onepanel api GET cluster --emergency --url https://localhost:9443

What a panel refuses is answered with a reason: it is printed as any answer is, and said in a line on
standard error.";

/// What `onepanel api` is told.
#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Api {
    /// GET, POST, PUT, PATCH, DELETE, …
    method: String,
    /// Relative to /api/v3/onezone (with --emergency to /api/v3/onepanel), or the whole path if it
    /// begins with a slash; with a query, if there is one
    path: String,
    /// Send this along; @FILE for what is in a file, - for standard input. Secrets are better sent in
    /// one of those ways: the command line can be read by others
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    data: Option<String>,
    /// Say this, too; @FILE for the lines of a file
    #[arg(long, value_name = "NAME: VALUE|@FILE")]
    header: Vec<String>,
    /// Print the status and headers of the answer first
    #[arg(short, long)]
    include: bool,
    /// Ask the emergency interface, with the emergency passphrase
    #[arg(
        long,
        long_help = "Ask the emergency interface, with the emergency passphrase; it is asked for, or the \
                     first line of standard input [env: ONEPANEL_EMERGENCY_PASSPHRASE, and \
                     ONEPANEL_EMERGENCY_URL for --url] [default of --url: https://localhost:9443]"
    )]
    emergency: bool,
    #[command(flatten)]
    panel: ClientOptions,
}

impl Api {
    /// Asks, and prints the answer.
    pub fn run(self) -> Result<(), Failure> {
        let method = Method::from_bytes(self.method.to_ascii_uppercase().as_bytes());
        let method = method.map_err(|_| Failure::Usage("there is no such method".into()))?;
        if self.path.contains("://") {
            return Err(Failure::Usage(
                "the path is one at the panel: its address goes into --url".into(),
            ));
        }
        if self.data.is_some() && matches!(method.as_str(), "GET" | "HEAD" | "DELETE" | "OPTIONS") {
            return Err(Failure::Usage(format!(
                "{method} sends nothing along: leave --data out"
            )));
        }
        let headers = headers(&self.header)?;
        let takes_input = self.data.as_deref() == Some("-");
        let (settings, prefix) = if self.emergency {
            (ClientSettings::emergency(self.panel)?, "/api/v3/onepanel")
        } else {
            (ClientSettings::hosted(self.panel)?, "/api/v3/onezone")
        };
        let colour = settings.colour;
        let body = self.data.as_deref().map(body).transpose()?;
        let answer = Remote::new(settings, prefix, !takes_input)?.ask(Question {
            headers,
            body,
            ..Question::new(method, &self.path)
        })?;
        let printed = print(&answer, self.include, colour);
        // A reader who went away early does not make a refusal a success.
        answer.accepted()?;
        printed
    }
}

fn print(answer: &Answer, with_head: bool, colour: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let is_for_people = out.is_terminal();
    if with_head {
        out.write_all(head(answer, colour && is_for_people).as_bytes())?;
    }
    // What is no JSON is shown only to those who look at everything.
    if answer.is_json() || with_head {
        out.write_all(&laid_out(&answer.body, is_for_people))?;
    }
    Ok(out.flush()?)
}

/// A body as received, or laid out for people, without what a terminal would obey.
fn laid_out(body: &[u8], is_for_people: bool) -> Cow<'_, [u8]> {
    if !is_for_people || body.is_empty() {
        return Cow::Borrowed(body);
    }
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(json) => format!("{json:#}"),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let mut lines: Vec<_> = text.lines().map(plain).collect();
    lines.push(String::new());
    Cow::Owned(lines.join("\n").into_bytes())
}

/// Status and headers, one a line, and an empty line.
fn head(answer: &Answer, is_bold: bool) -> String {
    let Answer {
        version, status, ..
    } = answer;
    let mut lines = vec![if is_bold {
        format!("\x1b[1m{version:?} {status}\x1b[0m")
    } else {
        format!("{version:?} {status}")
    }];
    lines.extend(answer.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        format!("{name}: {}", plain(&value))
    }));
    lines.join("\n") + "\n\n"
}

fn body(data: &str) -> Result<Vec<u8>, Failure> {
    if data == "-" {
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body)?;
        return Ok(body);
    }
    match data.strip_prefix('@') {
        Some(path) => read(path),
        None => Ok(data.as_bytes().to_vec()),
    }
}

fn read(path: &str) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Usage(format!("{path}: {error}")))
}

/// Headers from the command line and from files. Those that prove who asks come from files only.
fn headers(given: &[String]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for one in given {
        let Some(path) = one.strip_prefix('@') else {
            let (name, value) = header(one)?;
            if SECRET_HEADERS.contains(&name.as_str()) {
                return Err(Failure::Usage(format!(
                    "{name} is a secret, and others can read the command line: use --token-file, --user or \
                     --header @FILE"
                )));
            }
            headers.append(name, value);
            continue;
        };
        let lines = String::from_utf8(read(path)?)
            .map_err(|_| Failure::Usage(format!("{path}: this is no text")))?;
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let (name, mut value) = header(line)?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
    }
    Ok(headers)
}

/// A header of the form `Name: value`. What is wrong with one is said without repeating it.
fn header(line: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let parsed = line.split_once(':').and_then(|(name, value)| {
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value.trim()).ok()?))
    });
    parsed.ok_or_else(|| Failure::Usage("a header is written 'Name: value'".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_for_people_and_left_alone_for_programs() {
        let shown = |body: &str, is_for_people| {
            let shown = laid_out(body.as_bytes(), is_for_people);
            String::from_utf8(shown.into_owned()).unwrap()
        };
        let json = r#"{"users":["joe"]}"#;
        assert_eq!(shown(json, false), json);
        assert_eq!(
            shown(json, true),
            "{\n  \"users\": [\n    \"joe\"\n  ]\n}\n"
        );
        assert_eq!(shown("<p>\x1b[2J</p>\n", true), "<p>\u{fffd}[2J</p>\n");
        assert_eq!(shown("", true), "");
    }
}
