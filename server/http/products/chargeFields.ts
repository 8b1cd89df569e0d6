/** Charge definitions as they come in and go out, and the words of their kinds. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { ChargeCalculation, ChargeTime } from '../../domain/charge.ts';
import type { Currency, Money } from '../../domain/money.ts';
import { type FieldFault, Refusal, requireNoFaults } from '../../domain/refusal.ts';
import { currencyNamed } from '../../operations/currency.ts';
import type { ChargeDraft } from '../../operations/products/charges.ts';
import type { Charge } from '../../store/configuration/charges.ts';
import { decimalOf } from '../loans/terms.ts';
import { IdOut, noun, readMoney, withoutAbsent, writeMoney } from '../values.ts';
import { ShortName, word } from './fields.ts';
import { FrequencyWords, words } from './words.ts';

export const TimeWords = words<ChargeTime>({
  DISBURSEMENT: ['Disbursement', 1],
  SPECIFIED_DUE_DATE: ['Specified due date', 2],
  INSTALLMENT: ['Installment fee', 8],
  OVERDUE: ['Overdue installment', 9],
  TRANCHE_DISBURSEMENT: ['Tranche disbursement', 12],
});
export const CalculationKindWords = words<ChargeCalculation>({
  FLAT: ['Flat', 1],
  PERCENT_OF_AMOUNT: ['% of amount', 2],
  PERCENT_OF_AMOUNT_AND_INTEREST: ['% of amount and interest', 3],
  PERCENT_OF_INTEREST: ['% of interest', 4],
  PERCENT_OF_DISBURSEMENT: ['% of disbursement', 5],
});

const Amount = (description: string, example: number) =>
  Type.Number({ minimum: 0, description, examples: [example] });

const fieldsOf = (side: 'in' | 'out') => ({
  name: Type.String({ minLength: 1, maxLength: 200, examples: ['Late fee'] }),
  chargeTimeType: word(side, TimeWords, 'When it falls due'),
  chargeCalculationType: word(side, CalculationKindWords, 'What the amount is'),
  amount: Amount('An amount when flat, else percent', 1.5),
});
const settledOf = {
  currencyCode: Type.String({ pattern: '^[A-Z]{3}$', examples: ['TZS'] }),
  penalty: Type.Boolean({ description: 'A penalty, not a fee', examples: [true] }),
};
const openOf = (side: 'in' | 'out') => ({
  minCap: Amount('Percentages: never less', 1_000),
  maxCap: Amount('Percentages: never more', 50_000),
  feeInterval: Type.Integer({
    minimum: 1,
    maximum: 1000,
    description: 'Overdue charges: raised again after so many',
    examples: [1],
  }),
  feeFrequencyType: word(side, FrequencyWords, 'Unit of feeInterval'),
});

const open = openOf('in');
const optionalIn = {
  currencyCode: Type.Optional(settledOf.currencyCode),
  penalty: Type.Optional(settledOf.penalty),
  minCap: Type.Optional(open.minCap),
  maxCap: Type.Optional(open.maxCap),
  feeInterval: Type.Optional(open.feeInterval),
  feeFrequencyType: Type.Optional(open.feeFrequencyType),
};

export const ChargeIn = Type.Object({ code: ShortName, ...fieldsOf('in'), ...optionalIn });

const orNull = <Value>(schema: object) => {
  const { type, enum: values } = schema as { type?: string | string[]; enum?: unknown[] };
  return Type.Unsafe<Value | null>({
    ...schema,
    type: [type ?? 'number', 'null'].flat(),
    ...(values && { enum: [...values, null] }),
  });
};
const changing = fieldsOf('in');
export const ChargeChange = Type.Object(
  {
    name: Type.Optional(changing.name),
    chargeTimeType: Type.Optional(changing.chargeTimeType),
    chargeCalculationType: Type.Optional(changing.chargeCalculationType),
    amount: Type.Optional(changing.amount),
    currencyCode: optionalIn.currencyCode,
    penalty: optionalIn.penalty,
    minCap: Type.Optional(orNull<number>(open.minCap)),
    maxCap: Type.Optional(orNull<number>(open.maxCap)),
    feeInterval: Type.Optional(orNull<number>(open.feeInterval)),
    feeFrequencyType: Type.Optional(orNull<string | number>(open.feeFrequencyType)),
  },
  { minProperties: 1, examples: [{ amount: 2 }] },
);

const openOut = openOf('out');
export const ChargeOut = noun('Charge', {
  id: IdOut,
  code: ShortName,
  active: Type.Boolean(),
  version: Type.Integer({ examples: [1] }),
  ...fieldsOf('out'),
  ...settledOf,
  minCap: Type.Optional(openOut.minCap),
  maxCap: Type.Optional(openOut.maxCap),
  feeInterval: Type.Optional(openOut.feeInterval),
  feeFrequencyType: Type.Optional(openOut.feeFrequencyType),
});
export type GivenCharge = Static<typeof ChargeIn>;

export const chargeOut = (charge: Charge): Static<typeof ChargeOut> => ({
  id: charge.id.toString(),
  active: charge.active,
  version: charge.version,
  ...statedCharge(charge),
});

/** All that a charge says, in the words in which it may be sent back. */
export function statedCharge({
  definition,
  currencyCode,
}: Charge): GivenCharge & { penalty: boolean; currencyCode: string } {
  const { code, name, time, calculation, amountOrPercentage, minCap, maxCap, feeFrequency } = definition;
  const currency = currencyNamed(currencyCode);
  const money = (amount: Money | null) => (amount === null ? null : writeMoney(amount, currency));
  return withoutAbsent({
    code,
    name,
    chargeTimeType: TimeWords.labelOf(time),
    chargeCalculationType: CalculationKindWords.labelOf(calculation),
    amount: Number(amountOrPercentage),
    currencyCode,
    penalty: definition.penalty,
    minCap: money(minCap),
    maxCap: money(maxCap),
    feeInterval: feeFrequency?.every,
    feeFrequencyType: feeFrequency && FrequencyWords.labelOf(feeFrequency.unit),
  });
}

/** The definition that was described; `usual` is the deployment's currency. */
export function readCharge(given: GivenCharge, usual: string): ChargeDraft {
  const currencyCode = given.currencyCode ?? usual;
  const currency = currencyNamed(currencyCode);
  const faults: FieldFault[] = [];
  const calculation = CalculationKindWords.keyOf(given.chargeCalculationType);
  const definition = {
    code: given.code,
    name: given.name,
    time: TimeWords.keyOf(given.chargeTimeType),
    calculation,
    amountOrPercentage: amountOf(given.amount, { isFlat: calculation === 'FLAT', currency, faults }),
    minCap: capOf(given, 'minCap', { currency, faults }),
    maxCap: capOf(given, 'maxCap', { currency, faults }),
    penalty: given.penalty ?? false,
    feeFrequency: frequencyOf(given, faults),
  };
  requireNoFaults(faults, 'charge_malformed');
  return { currencyCode, definition };
}

interface Reading {
  readonly currency: Currency;
  readonly faults: FieldFault[];
}

function read<Value>({ faults }: Reading, field: string, reader: () => Value): Value | undefined {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    faults.push({ field, error: error.message });
    return undefined;
  }
}

function amountOf(amount: number, reading: Reading & { readonly isFlat: boolean }): string {
  const text = read(reading, 'amount', () => {
    if (reading.isFlat) readMoney(amount, reading.currency, 'amount');
    return decimalOf(amount, 'amount');
  });
  return text ?? '0';
}

function capOf(given: GivenCharge, field: 'minCap' | 'maxCap', reading: Reading): Money | null {
  const value = given[field];
  return value === undefined
    ? null
    : (read(reading, field, () => readMoney(value, reading.currency, field)) ?? null);
}

function frequencyOf({ feeInterval, feeFrequencyType }: GivenCharge, faults: FieldFault[]) {
  if (feeInterval !== undefined && feeFrequencyType !== undefined)
    return { every: feeInterval, unit: FrequencyWords.keyOf(feeFrequencyType) };
  if (feeInterval !== undefined)
    faults.push({ field: 'feeFrequencyType', error: 'is required with feeInterval' });
  if (feeFrequencyType !== undefined)
    faults.push({ field: 'feeInterval', error: 'is required with feeFrequencyType' });
  return null;
}
