//! Making tokens: named ones with a record, temporary ones without.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{
    TokenError, changed, form, issuer, manage,
    text::{bad_caveats, inherit, write, write_out},
};
use crate::{
    domain::{
        Caveat, Grant, Identifier, InvalidName, InviteKind, Invitee, Kind, Note, Offer,
        Persistence, Subject, Target, TokenId, TokenName, TokenType, UserId, earliest_end,
    },
    service::{Error, Input, Problem, Writing},
    store::{self, Invite, Token, TokenKind},
};

/// A token that was just made or looked up, with the text that is handed out.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its record.
    pub token: Token,
    /// The secret text.
    pub text: String,
}

/// What a new named token is to be.
pub(super) struct Draft {
    pub name: String,
    pub kind: TokenKind,
    pub caveats: Vec<Caveat>,
    pub custom_metadata: Map<String, Value>,
    pub revoked: bool,
    /// Whether the privileges of an invitation were asked for, whatever they are.
    pub names_privileges: bool,
}

/// Makes a named token (`create_named_token_for_current_user`, `create_named_token_for_user`).
/// Whose it is must be able to issue it, whoever makes it.
pub fn create(w: &mut Writing<'_>, owner: Option<&UserId>, input: &Input) -> Result<Made, Error> {
    let user = manage::owner(&w.caller, owner)?;
    input.check_object()?;
    let draft = if input.is_form() {
        form::read(w, input)?
    } else {
        read(input)?
    };
    let subject = Subject::User(user);
    if let TokenKind::Invite(Invite { invitee, offer, .. }) = &draft.kind {
        check_invite(w, &subject, *invitee, offer, draft.names_privileges)?;
    }
    let mut token = new_token(w, subject, draft.name, draft.kind)?;
    token.caveats = draft.caveats;
    token.custom_metadata = draft.custom_metadata;
    token.revoked = draft.revoked;
    insert(w, token)
}

/// The longest life of a temporary token.
const MAX_TTL: Duration = Duration::from_hours(30 * 24);

/// Makes a temporary token (`create_temporary_token_for_current_user`) and answers with its text.
pub fn create_temporary(
    w: &mut Writing<'_>,
    owner: Option<&UserId>,
    input: &Input,
) -> Result<String, Error> {
    let user = manage::owner(&w.caller, owner)?;
    input.check_object()?;
    let (kind, mut caveats) = if input.is_form() {
        form::read_temporary(w, input)?
    } else {
        (read_type(input)?, read_caveats(input)?.unwrap_or_default())
    };
    let subject = Subject::User(user.clone());
    if let TokenType::Invite(invitee, target) = &kind {
        let offer = Offer::by_default(target.clone());
        check_invite(w, &subject, *invitee, &offer, false)?;
    }
    confine(w, &mut caveats, &kind)?;
    if earliest_end(&caveats).is_none_or(|end| end > w.now.plus(MAX_TTL)) {
        return Err(Error::Token(TokenError::TimeCaveatRequired(MAX_TTL)));
    }
    let identifier = Identifier {
        persistence: Persistence::Temporary(store::token_generation(w.conn, &user)?),
        subject,
        kind,
        id: TokenId::generate(w.clock.entropy()?),
    };
    w.announce(Note::Token {
        token: identifier.id.clone(),
        user: Some(user),
        name: None,
        revoked: false,
    });
    write(w.key, &identifier, &caveats)
}

fn check_invite(
    w: &Writing<'_>,
    issuer: &Subject,
    invitee: Invitee,
    offer: &Offer,
    names_privileges: bool,
) -> Result<(), Error> {
    let target = offer.target();
    if !w.caller.graph.exists(&target) {
        return Err(unknown_target(target.id()));
    }
    issuer::check(w.caller.graph, issuer, invitee, offer, names_privileges)
}

/// Confines a new token like the caller.
fn confine(w: &Writing<'_>, caveats: &mut Vec<Caveat>, kind: &TokenType) -> Result<(), Error> {
    inherit(caveats, &w.caller, kind);
    if caveats.len() > MAX_CAVEATS {
        return Err(bad_caveats());
    }
    Ok(())
}

/// Writes and announces a new token, confined like the caller, who was checked already.
pub(in crate::service) fn insert(w: &mut Writing<'_>, mut token: Token) -> Result<Made, Error> {
    let kind = token.token_type();
    confine(w, &mut token.caveats, &kind)?;
    store::insert_token(w.conn, &token)?;
    w.announce(changed(&token));
    let text = write_out(w.key, &w.caller, &token)?;
    Ok(Made { token, text })
}

/// A token without caveats that nobody has used yet.
pub(in crate::service) fn new_token(
    w: &Writing<'_>,
    subject: Subject,
    name: String,
    kind: TokenKind,
) -> Result<Token, Error> {
    Ok(Token {
        id: TokenId::generate(w.clock.entropy()?),
        subject,
        name,
        kind,
        caveats: Vec::new(),
        custom_metadata: Map::new(),
        revoked: false,
        created_at: w.now,
        last_use: None,
    })
}

fn read(input: &Input) -> Result<Draft, Error> {
    let name = read_name(input)?.ok_or(Error::MissingRequiredValue("name"))?;
    let kind = read_type(input)?;
    let caveats = read_caveats(input)?.unwrap_or_default();
    let custom_metadata = input.optional_object("customMetadata")?.cloned();
    let revoked = input.optional_bool("revoked")?.unwrap_or(false);
    let kind = match kind {
        TokenType::Access => TokenKind::Access,
        TokenType::Identity => TokenKind::Identity,
        TokenType::Invite(invitee, target) => TokenKind::Invite(Invite {
            invitee,
            usage_limit: match input.optional_text("usageLimit") {
                Ok(Some("infinity")) => None,
                _ => input.optional_integer("usageLimit", 1)?,
            },
            usage_count: 0,
            offer: read_offer(input, target)?,
        }),
    };
    Ok(Draft {
        name: name.as_str().to_owned(),
        kind,
        caveats,
        custom_metadata: custom_metadata.unwrap_or_default(),
        revoked,
        names_privileges: input.has("privileges"),
    })
}

/// The name in a body, if the key is there; anything but a good name breaks its rule.
pub(super) fn read_name(input: &Input) -> Result<Option<TokenName>, Error> {
    if !input.has("name") {
        return Ok(None);
    }
    let text = input.optional_text("name").map_err(|_| InvalidName::Name)?;
    Ok(Some(TokenName::parse(text.unwrap_or_default())?))
}

fn read_offer(input: &Input, target: Target) -> Result<Offer, Error> {
    fn read<K: Kind>(input: &Input, target: K::Id) -> Result<Grant<K>, Error> {
        let privileges = input.optional_privileges("privileges")?;
        Ok(Grant {
            privileges: privileges.unwrap_or_else(K::default_privileges),
            target,
        })
    }
    match target {
        Target::Cluster(id) => read(input, id).map(Offer::Cluster),
        Target::Group(id) => read(input, id).map(Offer::Group),
    }
}

/// `type`: an access token if it is absent.
fn read_type(input: &Input) -> Result<TokenType, Error> {
    let wrong = || Error::bad_value("type", Problem::TokenType);
    let Some(kind) = input.optional_object("type").map_err(|_| wrong())? else {
        return Ok(TokenType::Access);
    };
    let known = ["accessToken", "identityToken", "inviteToken"];
    if known
        .iter()
        .filter(|name| kind.contains_key(**name))
        .count()
        != 1
    {
        return Err(wrong());
    }
    if kind.contains_key("accessToken") {
        return Ok(TokenType::Access);
    }
    if kind.contains_key("identityToken") {
        return Ok(TokenType::Identity);
    }
    let invitation = kind.get("inviteToken").ok_or_else(wrong)?;
    let text = |key| invitation.get(key).and_then(Value::as_str);
    let invite = text("inviteType").and_then(InviteKind::parse);
    let invite = invite.ok_or_else(wrong)?;
    let id = text(invite.target_key()).ok_or_else(wrong)?;
    let target = invite.target(id).map_err(|_| unknown_target(id))?;
    Ok(TokenType::Invite(invite.invitee, target))
}

/// More caveats than anybody needs, and less than a macaroon may have.
const MAX_CAVEATS: usize = 100;
/// The longest caveat a macaroon can hold, in bytes.
const LONGEST_CAVEAT: usize = 65_535;

/// `caveats`, if the key is there.
pub(super) fn read_caveats(input: &Input) -> Result<Option<Vec<Caveat>>, Error> {
    let Some(list) = input.optional_array("caveats")? else {
        return Ok(None);
    };
    if list.len() > MAX_CAVEATS {
        return Err(bad_caveats());
    }
    let read = |given: &Value| {
        let caveat: Option<Caveat> = serde_json::from_value(given.clone()).ok();
        caveat
            .filter(|caveat| caveat.to_string().len() <= LONGEST_CAVEAT)
            .ok_or_else(|| Error::BadCaveat(given.clone()))
    };
    list.iter().map(read).collect::<Result<_, _>>().map(Some)
}

pub(super) fn unknown_target(id: &str) -> Error {
    Error::Token(TokenError::TargetInvalid(id.to_owned()))
}
