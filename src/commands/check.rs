//! `onepanel check`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Args;
use onepanel::{
    server,
    service::check::{Finding, Grade, Report},
    settings::{DataOptions, ServeOptions, Settings},
};
use serde_json::json;

use super::Failure;

/// What `check` is asked: it looks at what `serve` with the same options would use.
#[derive(Args)]
pub struct Check {
    /// Say it in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    serve: ServeOptions,
}

impl Check {
    /// Says what was found, a line each, and fails if anything is a problem.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let settings = Settings::serve(self.data, self.serve)?;
        let report = server::check(&settings).map_err(server::UpkeepError::from)?;
        let (problems, warnings) = (report.count(Grade::Problem), report.count(Grade::Warning));
        if self.json {
            let findings = &report.findings;
            let said = json!({ "problems": problems, "warnings": warnings, "findings": findings });
            writeln!(io::stdout(), "{said:#}")?;
        } else {
            writeln!(io::stdout(), "{}", lines(&report))?;
            let (problems, warnings) = (many(problems, "problem"), many(warnings, "warning"));
            writeln!(io::stdout(), "{problems}, {warnings}")?;
        }
        Ok(if problems == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn lines(report: &Report) -> String {
    let line = |finding: &Finding| {
        let grade = match finding.grade {
            Grade::Fine => "ok",
            Grade::Warning => "warning",
            Grade::Problem => "PROBLEM",
        };
        format!("{grade:<8} {:<12} {}", finding.about, finding.text)
    };
    let lines: Vec<_> = report.findings.iter().map(line).collect();
    lines.join("\n")
}

fn many(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
