//! Which of several settings wins, and which are refused.

use std::io::Write as _;

use super::*;

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn with_file(
    text: &str,
    data: DataOptions,
    serve: ServeOptions,
) -> Result<Settings, SettingsError> {
    let file = file(text);
    let config = Some(file.path().to_owned());
    Settings::serve(DataOptions { config, ..data }, serve)
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let text = "listen = '127.0.0.1:1'\nemergency-listen = '127.0.0.1:2'\n\
                data-dir = '/file'\nsession-idle = '5m'";
    let serve = ServeOptions {
        listen: Some(SocketAddr::from(([127, 0, 0, 1], 3))),
        ..ServeOptions::default()
    };
    let settings = with_file(text, DataOptions::default(), serve).unwrap();
    assert_eq!(settings.hosted.port(), 3);
    assert_eq!(settings.emergency.port(), 2);
    assert_eq!(settings.data_dir, Path::new("/file"));
    assert_eq!(settings.session_idle, Duration::from_mins(5));
    assert_eq!(settings.session_lifetime, Duration::from_hours(12));
}

#[test]
fn a_key_nobody_knows_is_refused_with_its_line() {
    let refused = with_file(
        "\nlisten-on = '1'",
        DataOptions::default(),
        ServeOptions::default(),
    );
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("line 2"), "{text}");
    assert!(text.contains("listen-on"), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

#[test]
fn a_complaint_about_a_file_shows_no_password() {
    let refused = with_file(
        "database-url = 'postgres://u:secret@h/d' x",
        DataOptions::default(),
        ServeOptions::default(),
    );
    assert!(!refused.unwrap_err().to_string().contains("secret"));
    let settings = with_file(
        "data-dir = '/d'\ndatabase-url = 'postgres://u:secret@h/d'",
        DataOptions::default(),
        ServeOptions::default(),
    );
    assert!(!format!("{:?}", settings.unwrap()).contains("secret"));
}

#[test]
fn half_a_certificate_is_refused() {
    let refused = with_file(
        "tls-cert = '/c.pem'\ndata-dir = '/d'",
        DataOptions::default(),
        ServeOptions::default(),
    );
    assert!(matches!(refused, Err(SettingsError::HalfCertificate)));
}

#[test]
fn the_demo_stays_on_this_machine() {
    let open = ServeOptions {
        listen: Some(SocketAddr::from(([0, 0, 0, 0], 8443))),
        ..ServeOptions::default()
    };
    let demo = |serve| Settings::demo(DataOptions::default(), serve, Path::new("/tmp/demo"));
    assert!(matches!(demo(open), Err(SettingsError::DemoNotLoopback(_))));
    let settings = demo(ServeOptions::default()).unwrap();
    assert!(settings.hosted.ip().is_loopback() && settings.emergency.ip().is_loopback());
    assert_eq!(settings.data_dir, Path::new("/tmp/demo"));
}

#[test]
fn a_length_of_time_has_a_unit() {
    assert_eq!("90s".parse(), Ok(Span(Duration::from_secs(90))));
    assert_eq!("2d".parse(), Ok(Span(Duration::from_hours(48))));
    for bad in ["", "h", "10", "-1h", "1.5h", "0s", "1µ"] {
        assert!(bad.parse::<Span>().is_err(), "{bad:?}");
    }
}

#[test]
fn trusted_proxies_are_networks_and_those_of_the_flag_win() {
    let proxies =
        |texts: &[&str]| -> Vec<Proxy> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    let text = "trusted-proxy = ['10.1.2.3/8', 'fd00::1']";
    let of_file = with_file(text, DataOptions::default(), ServeOptions::default());
    let networks = of_file.unwrap().trusted_proxies;
    assert_eq!(format!("{networks:?}"), "[10.0.0.0/8, fd00::1/128]");
    let serve = ServeOptions {
        trusted_proxy: proxies(&["192.0.2.1"]),
        ..ServeOptions::default()
    };
    let networks = with_file(text, DataOptions::default(), serve).unwrap();
    assert_eq!(format!("{:?}", networks.trusted_proxies), "[192.0.2.1/32]");
    for bad in ["", "proxy.example.org", "10.0.0.0/33", "0.0.0.0/0", "::/0"] {
        assert!(bad.parse::<Proxy>().is_err(), "{bad:?}");
    }
}
