//! What is shown when something went wrong.

use askama::Template;

use super::EmergencyFrame;
use crate::web::fault::view::words;

/// A fault as a whole page.
#[derive(Template)]
#[template(path = "emergency/fault.html")]
pub struct EmergencyFaultPage {
    /// The frame, signed in or out.
    pub frame: EmergencyFrame,
    /// The status of the reply.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What that means.
    pub explanation: String,
    /// What can be done about it.
    pub advice: String,
    /// Where to find it in the log.
    pub request_id: Option<String>,
}

impl EmergencyFaultPage {
    /// The fault of `status` in general words; the frame's title becomes the fault's.
    pub fn of(mut frame: EmergencyFrame, status: u16, request_id: Option<String>) -> Self {
        let (title, explanation, advice) = words(status);
        let advice = match status {
            403 => "Sign in with the emergency passphrase, or open this cluster in Onezone.",
            404 => "Check the address, or go on from the start.",
            413 => "Send less at once.",
            _ => advice,
        };
        title.clone_into(&mut frame.title);
        Self {
            frame,
            status,
            title: title.to_owned(),
            explanation: explanation.to_owned(),
            advice: advice.to_owned(),
            request_id,
        }
    }
}
