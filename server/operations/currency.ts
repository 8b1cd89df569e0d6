import type { Currency } from '../domain/money.ts';

/** The decimals of an ISO 4217 currency as the platform knows them: TZS 2, UGX 0. */
export function currencyNamed(code: string): Currency {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return { code, decimals, inMultiplesOf: 0 };
}
