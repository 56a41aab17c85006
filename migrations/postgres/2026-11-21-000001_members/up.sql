-- Users, groups, clusters, the memberships between them, and the feed of everything that happened.
--
-- `privileges` and `zone_privileges` are bit sets. What each bit means is in the table `privileges`,
-- so that a person can read a grant:
--
--   SELECT m.user_id, p.name FROM cluster_users m
--   JOIN privileges p ON p.vocabulary = 'cluster' AND (m.privileges >> p.bit) & 1 = 1;
--
-- Moments are Unix seconds. `created_by` names an actor: 'user:ID', 'root', 'system' or 'nobody'.

CREATE TABLE privileges (
    vocabulary TEXT NOT NULL,
    bit INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (vocabulary, bit),
    CONSTRAINT privileges_name_key UNIQUE (vocabulary, name)
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    full_name TEXT NOT NULL,
    username TEXT,
    -- argon2id in PHC string format, which carries its own parameters.
    password_hash TEXT,
    basic_auth_enabled BOOLEAN NOT NULL,
    blocked BOOLEAN NOT NULL,
    zone_privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The username in lower case: two that differ in nothing else are one.
    username_key TEXT,
    -- What an identity provider that provisions the user calls it; not unique.
    external_id TEXT,
    -- The last time somebody signed in as the user; NULL if nobody ever did.
    signed_in_at BIGINT,
    CONSTRAINT users_username_key UNIQUE (username_key)
);
CREATE INDEX users_external_id_idx ON users (external_id);

CREATE TABLE groups (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- A protected group cannot be deleted.
    protected BOOLEAN NOT NULL,
    zone_privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    -- As of users.
    external_id TEXT
);
CREATE INDEX groups_external_id_idx ON groups (external_id);

CREATE TABLE clusters (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    worker_release TEXT NOT NULL,
    worker_build TEXT NOT NULL,
    worker_gui TEXT NOT NULL,
    onepanel_release TEXT NOT NULL,
    onepanel_build TEXT NOT NULL,
    onepanel_gui TEXT NOT NULL,
    onepanel_proxy BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TABLE group_users (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_users_user_id_idx ON group_users (user_id);

CREATE TABLE group_groups (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    child_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (group_id, child_id),
    CONSTRAINT group_groups_not_itself CHECK (group_id <> child_id)
);
CREATE INDEX group_groups_child_id_idx ON group_groups (child_id);

CREATE TABLE cluster_users (
    cluster_id TEXT NOT NULL REFERENCES clusters (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (cluster_id, user_id)
);
CREATE INDEX cluster_users_user_id_idx ON cluster_users (user_id);

CREATE TABLE cluster_groups (
    cluster_id TEXT NOT NULL REFERENCES clusters (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    privileges BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (cluster_id, group_id)
);
CREATE INDEX cluster_groups_group_id_idx ON cluster_groups (group_id);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    -- NULL: issued through the emergency interface.
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- 'accessToken', 'identityToken', or an invitation's type, such as 'userJoinCluster'.
    kind TEXT NOT NULL,
    -- What an invitation invites to; it may be gone.
    target_id TEXT,
    privileges BIGINT,
    -- NULL: without limit.
    usage_limit BIGINT,
    usage_count BIGINT NOT NULL,
    -- A JSON array of what confines it, in the words of the API.
    caveats TEXT NOT NULL,
    -- A JSON object that its owner keeps with it.
    custom_metadata TEXT NOT NULL,
    revoked BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    -- The last use, as far as it is noted, and the user who used it.
    used_at BIGINT,
    used_by TEXT,
    CONSTRAINT tokens_name_key UNIQUE (user_id, name)
);

-- Temporary tokens have no record. They are good while they are of this generation of their user's;
-- without a row here it is 1. A row outlives its user, whose identifier an import may bring back.
CREATE TABLE token_generations (
    user_id TEXT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL
);

-- One row: which token.key the tokens here are made with. SHA-256 of it with a prefix, in hexadecimal;
-- nothing can be made of it. A panel with another key does not start.
CREATE TABLE token_key (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL
);

CREATE TABLE sessions (
    -- SHA-256 of the secret in the cookie, in hexadecimal.
    digest TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

-- What the emergency interface of a cluster goes by; no row until something is set.
CREATE TABLE emergency (
    cluster_id TEXT NOT NULL PRIMARY KEY REFERENCES clusters (id) ON DELETE CASCADE,
    -- argon2id in PHC string format; NULL until the first passphrase is set.
    passphrase_hash TEXT,
    -- SHA-256 of the secret in the set-up link, in hexadecimal; NULL once the passphrase is set.
    setup_digest TEXT
);

CREATE TABLE emergency_sessions (
    -- SHA-256 of the secret in the cookie, in hexadecimal.
    digest TEXT NOT NULL PRIMARY KEY,
    cluster_id TEXT NOT NULL REFERENCES clusters (id) ON DELETE CASCADE,
    -- Why, in the words of whoever signed in.
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- Failed sign-ins, by what they have in common: 'account:SHA-256 of the name', 'source:ADDRESS' or
-- 'passphrase:CLUSTER:ADDRESS'.
CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    held_until BIGINT NOT NULL
);

CREATE TABLE events (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    interface TEXT NOT NULL,
    address TEXT,
    -- Why, in the words of whoever did it.
    reason TEXT,
    action TEXT NOT NULL,
    -- A JSON array of changes that took effect together.
    changes TEXT NOT NULL,
    -- A JSON array of what was true before each of them, as far as they do not say it; may be empty.
    before TEXT NOT NULL,
    -- SHA-256, in hexadecimal, of the JSON array of the hash of the event before and of the columns
    -- above, in their order.
    hash TEXT NOT NULL
);

-- What each event is about: 'cluster:ID', 'group:ID', 'user:ID' (who did it among them), 'token:ID',
-- and which direct memberships it changed: 'cluster:ID user:ID'.
CREATE TABLE event_concerns (
    concern TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (concern, sequence)
);

-- One row: the sequence and the hash of the last event. Whoever writes takes it first, so the feed has
-- no gaps. The first event stands on a fixed text.
CREATE TABLE feed (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO feed (id, sequence, hash) VALUES (1, 0, 'onepanel');

INSERT INTO privileges (vocabulary, bit, name) VALUES
    ('cluster', 0, 'cluster_view'),
    ('cluster', 1, 'cluster_update'),
    ('cluster', 2, 'cluster_delete'),
    ('cluster', 3, 'cluster_view_privileges'),
    ('cluster', 4, 'cluster_set_privileges'),
    ('cluster', 5, 'cluster_add_user'),
    ('cluster', 6, 'cluster_remove_user'),
    ('cluster', 7, 'cluster_add_group'),
    ('cluster', 8, 'cluster_remove_group'),
    ('group', 0, 'group_view'),
    ('group', 1, 'group_update'),
    ('group', 2, 'group_view_privileges'),
    ('group', 3, 'group_set_privileges'),
    ('group', 4, 'group_delete'),
    ('group', 5, 'group_add_parent'),
    ('group', 6, 'group_leave_parent'),
    ('group', 7, 'group_add_child'),
    ('group', 8, 'group_remove_child'),
    ('group', 9, 'group_add_user'),
    ('group', 10, 'group_remove_user'),
    ('group', 11, 'group_add_space'),
    ('group', 12, 'group_leave_space'),
    ('group', 13, 'group_create_handle_service'),
    ('group', 14, 'group_leave_handle_service'),
    ('group', 15, 'group_create_handle'),
    ('group', 16, 'group_leave_handle'),
    ('group', 17, 'group_add_cluster'),
    ('group', 18, 'group_leave_cluster'),
    ('group', 19, 'group_add_harvester'),
    ('group', 20, 'group_remove_harvester'),
    ('group', 21, 'group_add_atm_inventory'),
    ('group', 22, 'group_remove_atm_inventory'),
    ('zone', 0, 'oz_view_privileges'),
    ('zone', 1, 'oz_set_privileges'),
    ('zone', 2, 'oz_tokens_manage'),
    ('zone', 3, 'oz_users_list'),
    ('zone', 4, 'oz_users_view'),
    ('zone', 5, 'oz_users_create'),
    ('zone', 6, 'oz_users_manage_passwords'),
    ('zone', 7, 'oz_users_update'),
    ('zone', 8, 'oz_users_delete'),
    ('zone', 9, 'oz_users_list_relationships'),
    ('zone', 10, 'oz_users_add_relationships'),
    ('zone', 11, 'oz_users_remove_relationships'),
    ('zone', 12, 'oz_groups_list'),
    ('zone', 13, 'oz_groups_view'),
    ('zone', 14, 'oz_groups_create'),
    ('zone', 15, 'oz_groups_update'),
    ('zone', 16, 'oz_groups_delete'),
    ('zone', 17, 'oz_groups_view_privileges'),
    ('zone', 18, 'oz_groups_set_privileges'),
    ('zone', 19, 'oz_groups_list_relationships'),
    ('zone', 20, 'oz_groups_add_relationships'),
    ('zone', 21, 'oz_groups_remove_relationships'),
    ('zone', 22, 'oz_clusters_list'),
    ('zone', 23, 'oz_clusters_view'),
    ('zone', 24, 'oz_clusters_update'),
    ('zone', 25, 'oz_clusters_view_privileges'),
    ('zone', 26, 'oz_clusters_set_privileges'),
    ('zone', 27, 'oz_clusters_list_relationships'),
    ('zone', 28, 'oz_clusters_add_relationships'),
    ('zone', 29, 'oz_clusters_remove_relationships');
