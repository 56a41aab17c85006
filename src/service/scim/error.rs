//! What is wrong with a request in SCIM's own terms (RFC 7644 §3.12). Refusals that are the same
//! everywhere, such as a missing privilege, are the service's ordinary errors.

/// Why a SCIM request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScimError {
    /// The body is no JSON, or of another structure than the operation takes.
    #[error("The body cannot be understood: {0}.")]
    Syntax(String),
    /// The filter cannot be read, or compares what cannot be compared.
    #[error("The filter cannot be used: {0}.")]
    Filter(String),
    /// The filter has too many conditions for as many resources as it would have to look at.
    #[error("The filter has too many conditions for so many resources.")]
    TooMany,
    /// The path of a PATCH operation cannot be read, or leads nowhere.
    #[error("The path cannot be used: {0}.")]
    Path(String),
    /// A PATCH operation is about nothing that is there.
    #[error("There is nothing to change: {0}.")]
    NoTarget(String),
    /// A value is of the wrong type, or names nothing.
    #[error("A value cannot be used: {0}.")]
    Value(String),
    /// The attribute cannot be changed like this.
    #[error("This cannot be changed: {0}.")]
    Mutability(String),
    /// The resource is no longer the version that the client has seen.
    #[error("The resource was changed meanwhile; its version is another one.")]
    Outdated,
    /// Operations of a bulk request wait for each other.
    #[error("The operation refers to what another operation of the request makes, which {0}.")]
    Reference(&'static str),
    /// More operations than one bulk request may have.
    #[error("A bulk request has at most {0} operations.")]
    TooManyOperations(usize),
}

impl ScimError {
    /// The `scimType` of the answer, where there is one.
    pub fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Syntax(_) => Some("invalidSyntax"),
            Self::Filter(_) => Some("invalidFilter"),
            Self::TooMany => Some("tooMany"),
            Self::Path(_) => Some("invalidPath"),
            Self::NoTarget(_) => Some("noTarget"),
            Self::Value(_) => Some("invalidValue"),
            Self::Mutability(_) => Some("mutability"),
            Self::Outdated | Self::Reference(_) | Self::TooManyOperations(_) => None,
        }
    }
}

/// At most 120 characters of what a client sent, on one line, as it may stand in a message.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let cut = text.chars().take(LONGEST);
    let mut shown: String = cut
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
