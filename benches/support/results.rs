//! The list of results, and what becomes one.

use std::{error::Error, fs, path::Path, time::Duration};

use serde_json::{Value, json};

use super::PROJECT;

/// What a bench returns; whatever goes wrong ends it.
pub type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Puts a result that should be at most `target` into the list of results, in place of an earlier one
/// of the same name, and prints it.
pub fn note(name: &str, ratio: f64, target: f64) -> Done<()> {
    let verdict = if ratio <= target { "" } else { "  MISSED" };
    println!("{name:<55} {ratio:>8.2}    (at most {target}){verdict}");
    let file = Path::new(PROJECT).join("target/bench.json");
    let mut results: Vec<Value> = fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    results.retain(|result| result["name"] != name);
    let ratio = (ratio * 100.0).round() / 100.0;
    results.push(json!({ "name": name, "ratio": ratio, "target": target, "better": "lower" }));
    fs::create_dir_all(file.parent().ok_or("no folder for results")?)?;
    fs::write(file, serde_json::to_string_pretty(&results)?)?;
    Ok(())
}

/// The time that half of them are below.
pub fn median(times: &mut [Duration]) -> Duration {
    quantile(times, 0.5)
}

/// The time that this part of them is below.
pub fn quantile(times: &mut [Duration], part: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a short list"
    )]
    let index = (last as f64 * part).ceil() as usize;
    times.get(index).copied().unwrap_or_default()
}

/// A time in milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
