/**
 * The loan as it stood at the end of a day, by value dates: the fold of all that is dated up to that day, on
 * the schedule it gives, with that day as business date. Transactions and charges that came later are
 * left out; what was reversed since never counted; a repayment entered late counts from its own date on.
 *
 *   1000 paid out on 15 Jan, 200 paid on 15 Feb:
 *     as of 31 Jan 1000 is outstanding, as of 14 Jan the loan is approved
 *
 * Source: engine.md sections 0 (loan = fold of its history) and 5.3.
 */
import type { LoanCharge } from '../charge.ts';
import type { CivilDate } from '../date.ts';
import type { DecisionContext } from '../decision.ts';
import { expectedDisbursementOf, type Loan, type Tranche } from '../loan.ts';
import { sum } from '../money.ts';
import { activeOfType, lastUserTransactionDate, withBalances } from './history.ts';
import { scheduled } from './replaying.ts';
import { settled } from './settlement.ts';

/** `day` is not before the submission; the business date of the context is not asked. */
export function loanAsOf(loan: Loan, day: CivilDate, { settings }: DecisionContext): Loan {
  const context = { businessDate: day, settings };
  if (isSettledBy(loan, day)) return loan;
  if (loan.disbursedOn === null || day < loan.disbursedOn) return scheduled(undisbursed(loan, day), context);
  const known = { ...loan, ...standing(loan, day), ...history(loan, day) };
  const folded = withBalances(scheduled(known, context, loan.disbursedOn));
  return settled(folded, lastUserTransactionDate(folded));
}

/** Whether nothing has happened to the loan after the day. */
function isSettledBy(loan: Loan, day: CivilDate): boolean {
  const dates = [loan.approvedOn, loan.disbursedOn, loan.closedOn, loan.chargedOffOn];
  const happened = [...loan.transactions.map(({ date }) => date), ...loan.charges.map(addedOn), ...dates];
  return happened.every((date) => date === null || date <= day);
}

const addedOn = ({ submittedOn }: LoanCharge): CivilDate => submittedOn;

/** Before the money went out: the application, approved or not. */
function undisbursed(loan: Loan, day: CivilDate): Loan {
  const isApproved = loan.approvedOn !== null && loan.approvedOn <= day;
  const approvedPrincipal = isApproved ? loan.approvedPrincipal : loan.terms.principal;
  return {
    ...loan,
    ...history(loan, day),
    status: isApproved ? 'approved' : 'pending',
    approvedOn: isApproved ? loan.approvedOn : null,
    approvedPrincipal,
    disbursedOn: null,
    closedOn: null,
    overpaidOn: null,
    chargedOffOn: null,
    overpaid: 0n,
    accruedTill: null,
    variations: [],
    installments: [],
    transactions: [],
    tranches: loan.terms.multiDisburse
      ? loan.tranches.map(expected)
      : [
          {
            expectedOn: isApproved ? expectedDisbursementOf(loan) : loan.terms.expectedDisbursementDate,
            disbursedOn: null,
            amount: approvedPrincipal,
          },
        ],
  };
}

const expected = (tranche: Tranche): Tranche => ({ ...tranche, disbursedOn: null });

function standing(loan: Loan, day: CivilDate): Pick<Loan, 'status' | 'closedOn' | 'chargedOffOn'> {
  const isWrittenOff = loan.status === 'writtenOff' && loan.closedOn !== null && loan.closedOn <= day;
  return {
    status: isWrittenOff ? 'writtenOff' : 'active',
    closedOn: isWrittenOff ? loan.closedOn : null,
    chargedOffOn: loan.chargedOffOn !== null && loan.chargedOffOn <= day ? loan.chargedOffOn : null,
  };
}

type History = Pick<Loan, 'transactions' | 'charges' | 'tranches' | 'delinquencyTags'>;

function history(loan: Loan, day: CivilDate): History {
  return {
    delinquencyTags: loan.delinquencyTags
      .filter((tag) => tag.addedOn <= day)
      .map((tag) => (tag.liftedOn !== null && tag.liftedOn > day ? { ...tag, liftedOn: null } : tag)),
    transactions: loan.transactions.filter(({ date }) => date <= day),
    charges: loan.charges.filter((charge) => addedOn(charge) <= day).map((each) => waivedBy(loan, each, day)),
    tranches: loan.tranches.map((each) => ((each.disbursedOn ?? day) <= day ? each : expected(each))),
  };
}

/** A waiver that came after the day is not known yet. */
function waivedBy(loan: Loan, charge: LoanCharge, day: CivilDate): LoanCharge {
  const later = activeOfType(loan, 'waiveCharges').filter(
    (each) => each.relatedChargeId === charge.id && each.date > day,
  );
  if (later.length === 0) return charge;
  const ids = new Set(later.map(({ id }) => id));
  return {
    ...charge,
    waived: charge.waived - sum(later.map(({ amount }) => amount)),
    waivedInstallments: (charge.waivedInstallments ?? []).filter(
      ({ transactionId }) => !ids.has(transactionId),
    ),
    isWaived: false,
  };
}
