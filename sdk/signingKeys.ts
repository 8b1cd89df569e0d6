import type { Host, Item } from './call.ts';
import type { CallOptions } from './transport.ts';

export type SigningKey = Item<'listSigningKeys'>;

export interface SigningKeys {
  /** Newest first: the one that signs, those that still verify, those retired. For operators. */
  list(options?: CallOptions): Promise<readonly SigningKey[]>;
  /** A new key signs from now on; tokens signed before go on verifying. */
  rotate(options?: CallOptions): Promise<SigningKey>;
  /** Withdraws a key that no longer signs; its tokens stop. */
  retire(kid: string, options?: CallOptions): Promise<SigningKey>;
}

export function signingKeysOf(api: Host): SigningKeys {
  return {
    list: async (options) => (await api.get<'listSigningKeys'>('/v1/signing-keys', undefined, options)).items,
    rotate: (options) => api.post<'rotateSigningKey'>('/v1/signing-keys/rotate', undefined, options),
    retire: (kid, options) =>
      api.post<'retireSigningKey'>(`/v1/signing-keys/${encodeURIComponent(kid)}/retire`, undefined, options),
  };
}
