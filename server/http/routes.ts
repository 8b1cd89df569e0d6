import { accountRoutes } from './accounts/accounts.ts';
import { signingKeyRoutes } from './accounts/signingKeys.ts';
import type { App, AppContext } from './context.ts';

/** The nouns of the api host, in the order of the document. Each file exports one `xRoutes(app, context)`. */
export const apiRoutes: readonly ((app: App, context: AppContext) => Promise<void>)[] = [
  accountRoutes,
  signingKeyRoutes,
];
