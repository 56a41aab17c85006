//! `onepanel check`: what is looked at, and where it is. What is good enough is for
//! `service::check`.

use std::{fs, path::PathBuf};

use super::{StartError, data};
use crate::{
    domain::ClusterId,
    service::check::{CertificateAt, Grade, Report, check_certificate, check_database, check_key},
    settings::Settings,
    store::{self, Purpose},
    tls::{Keeper, Source},
};

/// Looks at everything a panel keeps, and changes nothing. Panels may run.
///
/// # Errors
/// [`StartError`] if the settings make no sense; everything else is in the report.
pub fn check(settings: &Settings) -> Result<Report, StartError> {
    let mut report = Report::default();
    let now = settings.clock.now();
    let url = data::database_url(settings)?;
    let mut conn = match store::connect_alone(&url, Purpose::Look) {
        Ok(conn) => Some(conn),
        Err(error) => {
            report.add(Grade::Problem, "database", error.to_string());
            None
        }
    };
    if let Some(conn) = &mut conn {
        check_database(conn, now, &mut report);
    }
    let key = data::key_file(settings);
    check_key(&key, fs::read(&key), conn.as_mut(), &mut report);
    for (cluster, source) in certificates(settings) {
        let path = match &source {
            Source::Own(path) => path.clone(),
            Source::Given { cert, .. } => cert.clone(),
        };
        let at = CertificateAt {
            cluster: &cluster,
            path: &path,
            keeper: &Keeper::new(source),
        };
        check_certificate(&at, conn.as_mut(), now, &mut report);
    }
    Ok(report)
}

/// The certificate of this panel, and those of other clusters' panels on the same data.
fn certificates(settings: &Settings) -> Vec<(ClusterId, Source)> {
    let own = (settings.cluster.clone(), data::certificate_source(settings));
    let folder = fs::read_dir(settings.data_dir.join("tls"));
    let mut others: Vec<PathBuf> = folder
        .into_iter()
        .flatten()
        .flatten()
        .map(|file| file.path())
        .collect();
    others.sort();
    let other = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let cluster: ClusterId = data::cluster_of_certificate(name)?;
        let source = Source::Own(path);
        (cluster != settings.cluster).then_some((cluster, source))
    };
    [own]
        .into_iter()
        .chain(others.into_iter().filter_map(other))
        .collect()
}
