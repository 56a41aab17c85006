//! The tables, once for both databases. Kept by hand; a test compares it with the migrations.
//!
//! The four membership tables use the same column names here (`target`, `member`), whatever they
//! are called in SQL, so that one expression serves all of them.

diesel::table! {
    privileges (vocabulary, bit) {
        vocabulary -> Text,
        bit -> Integer,
        name -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        full_name -> Text,
        username -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        basic_auth_enabled -> Bool,
        blocked -> Bool,
        zone_privileges -> BigInt,
        created_at -> BigInt,
        username_key -> Nullable<Text>,
        external_id -> Nullable<Text>,
        signed_in_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    groups (id) {
        id -> Text,
        name -> Text,
        kind -> Text,
        protected -> Bool,
        zone_privileges -> BigInt,
        created_at -> BigInt,
        created_by -> Text,
        external_id -> Nullable<Text>,
    }
}

diesel::table! {
    clusters (id) {
        id -> Text,
        name -> Text,
        domain -> Text,
        kind -> Text,
        worker_release -> Text,
        worker_build -> Text,
        worker_gui -> Text,
        onepanel_release -> Text,
        onepanel_build -> Text,
        onepanel_gui -> Text,
        onepanel_proxy -> Bool,
        created_at -> BigInt,
        created_by -> Text,
    }
}

/// Declares a membership table: who (`member`) belongs to what (`target`), and with which rights.
macro_rules! memberships {
    ($table:ident, $target:literal, $member:literal) => {
        diesel::table! {
            $table (target, member) {
                #[sql_name = $target]
                target -> Text,
                #[sql_name = $member]
                member -> Text,
                privileges -> BigInt,
                created_at -> BigInt,
                created_by -> Text,
                ends_at -> Nullable<BigInt>,
            }
        }
    };
}

memberships!(group_users, "group_id", "user_id");
memberships!(group_groups, "group_id", "child_id");
memberships!(cluster_users, "cluster_id", "user_id");
memberships!(cluster_groups, "cluster_id", "group_id");

diesel::table! {
    tokens (id) {
        id -> Text,
        user_id -> Nullable<Text>,
        name -> Text,
        kind -> Text,
        target_id -> Nullable<Text>,
        privileges -> Nullable<BigInt>,
        usage_limit -> Nullable<BigInt>,
        usage_count -> BigInt,
        caveats -> Text,
        custom_metadata -> Text,
        revoked -> Bool,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
        used_by -> Nullable<Text>,
    }
}

diesel::table! {
    token_generations (user_id) {
        user_id -> Text,
        generation -> BigInt,
    }
}

diesel::table! {
    token_key (id) {
        id -> Integer,
        fingerprint -> Text,
    }
}

diesel::table! {
    sessions (digest) {
        digest -> Text,
        user_id -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    emergency (cluster_id) {
        cluster_id -> Text,
        passphrase_hash -> Nullable<Text>,
        setup_digest -> Nullable<Text>,
    }
}

diesel::table! {
    emergency_sessions (digest) {
        digest -> Text,
        cluster_id -> Text,
        reason -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    throttles (subject) {
        subject -> Text,
        failures -> BigInt,
        failed_at -> BigInt,
        held_until -> BigInt,
    }
}

diesel::table! {
    events (sequence) {
        sequence -> BigInt,
        at -> BigInt,
        actor -> Text,
        interface -> Text,
        address -> Nullable<Text>,
        reason -> Nullable<Text>,
        action -> Text,
        changes -> Text,
        before -> Text,
        hash -> Text,
    }
}

diesel::table! {
    event_concerns (concern, sequence) {
        concern -> Text,
        sequence -> BigInt,
    }
}

diesel::table! {
    feed (id) {
        id -> Integer,
        sequence -> BigInt,
        hash -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(users, sessions, tokens);
diesel::allow_tables_to_appear_in_same_query!(feed, sessions);
diesel::allow_tables_to_appear_in_same_query!(feed, token_generations);
diesel::allow_tables_to_appear_in_same_query!(feed, tokens);
diesel::allow_tables_to_appear_in_same_query!(events, event_concerns);
