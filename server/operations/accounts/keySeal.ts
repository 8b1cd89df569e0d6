/**
 * The seal of private keys at rest: AES-256-GCM under a key drawn by scrypt from LOANBOOK_KEY_SECRET.
 * Text: `sealed.v1.<salt>.<nonce>.<tag>.<ciphertext>`, each part base64url. Without a secret a key lies as
 * plain PEM.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const PREFIX = 'sealed.v1';
const CIPHER = 'aes-256-gcm';
const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);

/** The secret is missing or not the one that the key was sealed with. */
export class KeySealError extends Error {
  override readonly name = 'KeySealError';
}

export async function sealKey(pem: string, secret: string | undefined): Promise<string> {
  if (secret === undefined) return pem;
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv(CIPHER, await deriveKey(secret, salt, 32), nonce);
  const ciphertext = Buffer.concat([cipher.update(pem, 'utf8'), cipher.final()]);
  const parts = [salt, nonce, cipher.getAuthTag(), ciphertext];
  return [PREFIX, ...parts.map((part) => part.toString('base64url'))].join('.');
}

export async function unsealKey(stored: string, secret: string | undefined): Promise<string> {
  if (!stored.startsWith(`${PREFIX}.`)) return stored;
  if (secret === undefined)
    throw new KeySealError(
      'the signing key is sealed: set LOANBOOK_KEY_SECRET to the secret it was sealed with',
    );
  const [salt, nonce, tag, ciphertext] = stored
    .slice(PREFIX.length + 1)
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'));
  if (!salt || !nonce || !tag || !ciphertext) throw new KeySealError('the stored signing key is damaged');
  const decipher = createDecipheriv(CIPHER, await deriveKey(secret, salt, 32), nonce, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    throw new KeySealError('LOANBOOK_KEY_SECRET is not the secret that the signing key was sealed with');
  }
}
