import type { JWK } from 'jose';
import type { Tx } from '../database.ts';

/** A key pair as stored; `privateKey` is PKCS8, sealed when the deployment has a key secret. */
export interface SigningKey {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

interface SigningKeyRow {
  kid: string;
  public_jwk: JWK;
  created_at: Date;
  retired_at: Date | null;
}

const COLUMNS = 'kid, public_jwk, created_at, retired_at';

const fromRow = (row: SigningKeyRow): SigningKey => ({
  kid: row.kid,
  publicJwk: row.public_jwk,
  createdAt: row.created_at,
  retiredAt: row.retired_at,
});

/** Published keys, the signing one (the newest) first. */
export async function listPublishedKeys(tx: Tx): Promise<SigningKey[]> {
  const rows = await tx.query<SigningKeyRow>(
    `select ${COLUMNS} from signing_key where retired_at is null order by created_at desc, kid desc`,
  );
  return rows.map(fromRow);
}

/** Every key there ever was, newest first. */
export async function listKeys(tx: Tx): Promise<SigningKey[]> {
  const rows = await tx.query<SigningKeyRow>(
    `select ${COLUMNS} from signing_key order by created_at desc, kid desc`,
  );
  return rows.map(fromRow);
}

/** Published keys as `listPublishedKeys`, which nobody else changes until the transaction ends. */
export async function lockPublishedKeys(tx: Tx): Promise<SigningKey[]> {
  const rows = await tx.query<SigningKeyRow>(
    `select ${COLUMNS} from signing_key where retired_at is null
     order by created_at desc, kid desc for update`,
  );
  return rows.map(fromRow);
}

/** The key that signs, with its private half. */
export async function findSigningKey(tx: Tx): Promise<{ kid: string; privateKey: string } | null> {
  const [row] = await tx.query<{ kid: string; private_key: string }>(
    `select kid, private_key from signing_key where retired_at is null
     order by created_at desc, kid desc limit 1`,
  );
  return row ? { kid: row.kid, privateKey: row.private_key } : null;
}

export async function insertKey(tx: Tx, key: SigningKey & { privateKey: string }): Promise<void> {
  await tx.query(
    'insert into signing_key (kid, public_jwk, private_key, created_at) values ($1, $2::jsonb, $3, $4)',
    [key.kid, JSON.stringify(key.publicJwk), key.privateKey, key.createdAt],
  );
}

/** The private half is forgotten: it must never sign again. */
export async function retireKey(tx: Tx, kid: string, at: Date): Promise<void> {
  await tx.query(`update signing_key set retired_at = $2, private_key = '' where kid = $1`, [kid, at]);
}
