import { describe, expect, it } from 'vitest';
import type { LoanCharge } from '../charge.ts';
import { date } from '../date.ts';
import { fee, tell } from '../life/story.ts';
import { EUR, money } from '../schedule/exampleLoan.ts';
import { installmentOfCharge, landCharges } from './landing.ts';

const rows = () =>
  tell({ interestRatePerPeriod: '0' }, []).loan.installments.map((row) => ({
    ...row,
    charged: { ...row.charged },
  }));

const charge = (id: number, due: string): LoanCharge => ({
  id,
  definition: fee(5),
  dueDate: date(due),
  submittedOn: date('2025-01-15'),
  sequence: id,
  amount: money(5),
  paid: 0n,
  waived: 0n,
  writtenOff: 0n,
  overdueInstallment: null,
  active: true,
  isWaived: false,
});

describe('the schedule of three months reaches', () => {
  it.each([
    [['2025-04-15'], 3, '2025-04-15'],
    [['2025-04-16'], 4, '2025-04-16'],
    [['2025-05-20', '2025-04-20'], 4, '2025-05-20'],
    [['2025-04-20', '2025-05-20'], 4, '2025-05-20'],
    [['2025-02-01'], 3, '2025-04-15'],
    [[], 3, '2025-04-15'],
  ])('charges due %s with %s rows until %s', (dues, count, until) => {
    const schedule = rows();
    landCharges(
      schedule,
      dues.map((due, index) => charge(index + 1, due)),
      EUR,
    );
    expect(schedule).toHaveLength(count);
    expect(schedule.at(-1)?.due).toBe(until);
  });

  it('no charge at all without installments', () => {
    const none: ReturnType<typeof rows> = [];
    landCharges(none, [], EUR);
    expect(none).toEqual([]);
    expect(installmentOfCharge(none, date('2025-02-15'))).toBeUndefined();
  });

  it('a charge on the day that one installment ends and the next begins with the one that ends', () => {
    expect(installmentOfCharge(rows(), date('2025-03-15'))?.number).toBe(2);
  });
});
