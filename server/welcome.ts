/** What the first screen says: where the two hosts are, who may enter, and four calls to copy. */

export interface Welcome {
  readonly apiUrl: string | undefined;
  readonly authUrl: string | undefined;
  /** The account made by this very start, with its password if that was made up. */
  readonly firstAccount: { readonly email: string; readonly password: string | undefined } | undefined;
  readonly adminEmail: string;
  /** Makes the examples' external ids new at every start. */
  readonly suffix: string;
  readonly database: string;
}

export function welcomeText(welcome: Welcome): string {
  const { apiUrl, authUrl, database } = welcome;
  const lines = [
    '',
    'Loanbook is running. Ctrl-C stops it.',
    ...(apiUrl === undefined ? [] : [`  api       ${apiUrl}      reference page ${apiUrl}/docs`]),
    ...(authUrl === undefined ? [] : [`  auth      ${authUrl}`]),
    `  database  ${database}`,
    '',
    ...accountLines(welcome),
    ...(apiUrl === undefined || authUrl === undefined ? [] : quickstart({ ...welcome, apiUrl, authUrl })),
    '',
  ];
  return lines.join('\n');
}

function accountLines({ firstAccount, adminEmail }: Welcome): string[] {
  if (firstAccount === undefined)
    return [
      `  account   ${adminEmail}, password as shown at the first start or changed since`,
      '            forgotten? docs/operations.md, "Accounts"',
      '',
    ];
  if (firstAccount.password === undefined)
    return [`  account   ${firstAccount.email}, password as given in LOANBOOK_ADMIN_PASSWORD`, ''];
  return [
    `  account   ${firstAccount.email}`,
    `  password  ${firstAccount.password}`,
    '            shown this once; change it with: npx loanbook accounts set-password',
    '',
  ];
}

function quickstart(welcome: Welcome & { readonly apiUrl: string; readonly authUrl: string }): string[] {
  const { apiUrl, authUrl, firstAccount, suffix } = welcome;
  const email = firstAccount?.email ?? welcome.adminEmail;
  const password = firstAccount?.password;
  const post = (path: string, body: object): string =>
    `curl -sw '\\n' -X POST ${apiUrl}${path} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const customer = `customer-${suffix}`;
  const loan = `loan-${suffix}`;
  return [
    'Try it: a token, a customer, a loan with its schedule, a repayment.',
    ...(password === undefined ? ['(the first line takes the password from $LOANBOOK_ADMIN_PASSWORD)'] : []),
    '',
    `TOKEN=$(curl -s -u ${quoted(email, password)} ${authUrl}/v1/auth/token | sed 's/.*"token" *: *"\\([^"]*\\)".*/\\1/')`,
    post('/v1/customers', { externalId: customer }),
    post('/v1/loans', { customerId: customer, productId: 2, principal: 100000, externalId: loan }),
    post(`/v1/loans/external/${loan}/repayments`, { transactionAmount: 10000 }),
  ];
}

/**
 * For a POSIX shell. A password that we do not know is taken from the variable that its owner may have it in.
 */
function quoted(email: string, password: string | undefined): string {
  if (password === undefined) return `"${email}:$LOANBOOK_ADMIN_PASSWORD"`;
  return `'${`${email}:${password}`.replaceAll("'", `'\\''`)}'`;
}
