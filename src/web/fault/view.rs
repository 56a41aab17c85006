//! What a person sees when something went wrong.

use askama::Template;

use crate::web::layout::{Layout, Notice};

/// A fault as a whole page. Inside the page that asked it is a [`FaultNotice`].
#[derive(Template)]
#[template(path = "fault/fault.html", blocks = ["content"])]
pub struct FaultPage {
    /// The frame.
    pub layout: Layout,
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
    /// Where to go from here.
    pub back: String,
}

/// A fault inside the page that asked: sent with `HX-Retarget: #notices` and
/// `HX-Reswap: innerHTML`.
#[derive(Template)]
#[template(path = "fault/notice.html")]
pub struct FaultNotice {
    /// What to announce.
    pub notice: Notice,
}

/// A page while there is no panel: nothing is in it that the panel would have to be asked for.
#[derive(Template)]
#[template(path = "fault/loading.html")]
pub struct LoadingPage {
    /// What happens, in a few words.
    pub title: &'static str,
    /// How far it is.
    pub explanation: String,
}

/// A status with its title, explanation and advice.
type Words = (u16, (&'static str, &'static str, &'static str));

/// Where nothing more precise is known.
const WORDS: &[Words] = &[
    (
        400,
        (
            "The request could not be understood",
            "Something in it is missing or has a form that is not allowed here.",
            "Go back, check what you entered and send it again.",
        ),
    ),
    (
        401,
        (
            "You are not signed in",
            "This page is shown to people who are signed in.",
            "Sign in and open it again.",
        ),
    ),
    (
        403,
        (
            "You don't have access to this resource",
            "Insufficient privileges to access this resource.",
            "Ask somebody who may set privileges here to grant you what you need.",
        ),
    ),
    (
        404,
        (
            "There is nothing here",
            "The address is wrong, or what was here is gone or cannot be seen by you.",
            "Choose a cluster from the list, or check the address.",
        ),
    ),
    (
        405,
        (
            "This cannot be done here",
            "The address exists, but not for what was asked of it.",
            "Go back and use the buttons of the page.",
        ),
    ),
    (
        408,
        (
            "The request took too long",
            "What was sent did not arrive in time.",
            "Look at your connection, and try again.",
        ),
    ),
    (
        409,
        (
            "Something changed meanwhile",
            "What you wanted to change is no longer as your page showed it.",
            "Reload the page, look at it, and try again.",
        ),
    ),
    (
        413,
        (
            "The request is too large",
            "More was sent than is accepted at once.",
            "Select fewer members and try again.",
        ),
    ),
    (
        415,
        (
            "The form of the request is not accepted here",
            "It is neither a form nor JSON.",
            "Go back and use the buttons of the page.",
        ),
    ),
    (
        429,
        (
            "Too many attempts",
            "Further attempts are held back for a moment.",
            "Wait a little and try again.",
        ),
    ),
    (
        503,
        (
            "This cannot be answered just now",
            "The panel could not do it in time.",
            "Try again in a moment.",
        ),
    ),
];

/// Title, explanation and advice for a status, where nothing more precise is known.
pub fn words(status: u16) -> (&'static str, &'static str, &'static str) {
    let status = match status {
        412 => 409,
        422 => 400,
        status => status,
    };
    let known = WORDS.iter().find(|(known, _)| *known == status);
    known.map_or(
        (
            "Something went wrong on our side",
            "The request could not be carried out.",
            "Try again. If it happens again, tell the operators the number below.",
        ),
        |(_, words)| *words,
    )
}

impl FaultPage {
    /// The fault of `status` in general words.
    pub fn of(layout: Layout, status: u16, request_id: Option<String>) -> Self {
        let (title, explanation, advice) = words(status);
        Self {
            layout,
            status,
            title: title.to_owned(),
            explanation: explanation.to_owned(),
            advice: advice.to_owned(),
            request_id,
            back: if status == 401 { "/login" } else { "/clusters" }.to_owned(),
        }
    }

    /// The same inside the page that asked.
    pub fn as_notice(&self) -> FaultNotice {
        FaultNotice {
            notice: Notice::error(format!("{}. {}", self.title, self.explanation)),
        }
    }
}
