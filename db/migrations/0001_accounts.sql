-- Who may call: accounts, the keys that sign their tokens, and failed attempts to obtain one.
-- All three are small and read by every process: reference tables on a cluster (token_attempt distributes by subject).

create table account (
  id uuid primary key,
  -- Kept in lower case, so that one mailbox has one account.
  email text not null,
  -- argon2id in PHC form: parameters, salt and hash in one text.
  password_hash text not null,
  roles text[] not null check (roles <@ array['ADMIN', 'OPERATOR', 'VIEWER']),
  disabled_at timestamptz,
  -- Whole second: tokens with an earlier `iat` no longer count.
  tokens_valid_from timestamptz not null,
  created_at timestamptz not null
);

create unique index account_email on account (lower(email));

create table signing_key (
  kid text primary key,
  -- Published at /.well-known/jwks.json.
  public_jwk jsonb not null,
  -- PKCS8: PEM, or encrypted by LOANBOOK_KEY_SECRET (docs/decisions/0010-signing-keys.md).
  private_key text not null,
  created_at timestamptz not null,
  -- Set: no longer published, its tokens no longer verify. The newest key that is not retired signs.
  retired_at timestamptz
);

create table token_attempt (
  -- `account:` and a digest of the email asked for, whether it exists or not; `address:` and the caller's address.
  subject text primary key,
  failures int not null check (failures > 0),
  blocked_until timestamptz not null,
  last_failure_at timestamptz not null
);
