/**
 * Customers: who borrows. A customer is Pending, then Active, then Closed for good; only an Active one gets
 * loans, only one without open loans can be closed. Partners name customers by their own external id, which
 * stands in for a name until a better one is known.
 *
 *   external id "0712-9"  ->  firstname "0712-9", lastname "Customer", display name "0712-9 Customer"
 *
 * Source: contract "Customers".
 */
import { type CivilDate, earlier } from './date.ts';
import { Refusal, requireRule } from './refusal.ts';

export type CustomerStatus = 'pending' | 'active' | 'closed';

export interface CustomerNames {
  readonly firstname: string | null;
  readonly middlename: string | null;
  readonly lastname: string | null;
  readonly displayName: string;
}

export interface CustomerContacts {
  readonly mobileNo: string | null;
  readonly emailAddress: string | null;
  readonly dateOfBirth: CivilDate | null;
}

export interface Customer extends CustomerNames, CustomerContacts {
  readonly externalId: string;
  readonly status: CustomerStatus;
  readonly officeId: bigint;
  readonly submittedDate: CivilDate;
  readonly activationDate: CivilDate | null;
  readonly closedDate: CivilDate | null;
  readonly closureReasonId: bigint | null;
}

/** What a partner sends to make a customer; everything but the external id may be left out. */
export interface CustomerApplication {
  readonly externalId: string;
  readonly firstname?: string | undefined;
  readonly middlename?: string | undefined;
  readonly lastname?: string | undefined;
  readonly fullname?: string | undefined;
  readonly mobileNo?: string | undefined;
  readonly emailAddress?: string | undefined;
  readonly dateOfBirth?: CivilDate | undefined;
  readonly active?: boolean | undefined;
  readonly activationDate?: CivilDate | undefined;
  readonly submittedDate?: CivilDate | undefined;
}

export type CustomerChange = Partial<
  Omit<CustomerApplication, 'active' | 'activationDate' | 'submittedDate'>
>;

const DEFAULT_LASTNAME = 'Customer';

/** A new customer: Active at once unless the application says otherwise. */
export function newCustomer(
  application: CustomerApplication,
  officeId: bigint,
  businessDate: CivilDate,
): Customer {
  const active = application.active ?? true;
  const activationDate = active ? (application.activationDate ?? businessDate) : null;
  const submittedDate = application.submittedDate ?? earlier(activationDate ?? businessDate, businessDate);
  requireRule(active || application.activationDate === undefined, {
    kind: 'invalid_argument',
    code: 'activation_date_of_pending_customer',
    message: 'must not be given for a customer that is not active',
    field: 'activationDate',
  });
  notInFuture(submittedDate, businessDate, 'submittedDate');
  const customer: Customer = {
    externalId: application.externalId,
    status: 'pending',
    officeId,
    ...newNames(application),
    mobileNo: application.mobileNo ?? null,
    emailAddress: application.emailAddress ?? null,
    dateOfBirth: birthDate(application.dateOfBirth, businessDate),
    submittedDate,
    activationDate: null,
    closedDate: null,
    closureReasonId: null,
  };
  return activationDate ? activateCustomer(customer, activationDate, businessDate) : customer;
}

export function activateCustomer(customer: Customer, on: CivilDate, businessDate: CivilDate): Customer {
  if (customer.status !== 'pending')
    throw new Refusal(
      'aborted',
      'customer_must_be_pending',
      'Customer is not pending, it cannot be activated',
    );
  notInFuture(on, businessDate, 'activationDate');
  notBefore(on, customer.submittedDate, { field: 'activationDate', event: 'the customer was submitted' });
  return { ...customer, status: 'active', activationDate: on };
}

export interface CustomerClosure {
  readonly on: CivilDate;
  readonly reasonId: bigint;
  readonly hasOpenLoans: boolean;
}

export function closeCustomer(
  customer: Customer,
  closure: CustomerClosure,
  businessDate: CivilDate,
): Customer {
  if (customer.status === 'closed')
    throw new Refusal('aborted', 'customer_already_closed', 'Customer is already closed');
  if (closure.hasOpenLoans)
    throw new Refusal('aborted', 'customer_has_open_loans', 'Customer has open loans, close those first');
  notInFuture(closure.on, businessDate, 'closureDate');
  const since = customer.activationDate ?? customer.submittedDate;
  notBefore(closure.on, since, { field: 'closureDate', event: 'the customer became active' });
  return { ...customer, status: 'closed', closedDate: closure.on, closureReasonId: closure.reasonId };
}

/** Names that only mirrored the external id follow it; names that were given stay. */
export function changeCustomer(
  customer: Customer,
  change: CustomerChange,
  businessDate: CivilDate,
): Customer {
  const externalId = change.externalId ?? customer.externalId;
  return {
    ...customer,
    externalId,
    ...changedNames(customer, change, externalId),
    mobileNo: change.mobileNo ?? customer.mobileNo,
    emailAddress: change.emailAddress ?? customer.emailAddress,
    dateOfBirth: birthDate(change.dateOfBirth, businessDate) ?? customer.dateOfBirth,
  };
}

export function requireDeletable(customer: Customer, { hasLoans }: { readonly hasLoans: boolean }): void {
  if (customer.status !== 'pending')
    throw new Refusal('aborted', 'customer_must_be_pending', 'Only a pending customer can be deleted');
  if (hasLoans)
    throw new Refusal('aborted', 'customer_has_loans', 'Customer has loans, it cannot be deleted');
}

/** Words that a search finds by their beginning: of the names and the external id, and the phone number. */
export function searchWords(customer: Customer): string[] {
  const texts = [customer.displayName, customer.firstname, customer.middlename, customer.lastname];
  const words = texts.flatMap((text) => wordsOf(text ?? ''));
  const whole = [customer.externalId, customer.mobileNo ?? '', customer.emailAddress ?? ''];
  const all = [...words, ...wordsOf(customer.externalId), ...whole.map((text) => text.toLowerCase())];
  return [...new Set(all)].filter((word) => word !== '').sort();
}

/** Lower-case words of a text, split where letters and digits end. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

function newNames(application: CustomerApplication): CustomerNames {
  const { externalId, firstname, middlename, lastname, fullname } = application;
  if (fullname !== undefined) return fullNameOnly(application, fullname);
  return named({
    firstname: firstname ?? externalId,
    middlename: middlename ?? null,
    lastname: lastname ?? DEFAULT_LASTNAME,
  });
}

function changedNames(customer: Customer, change: CustomerChange, externalId: string): CustomerNames {
  if (change.fullname !== undefined) return fullNameOnly(change, change.fullname);
  const mirrored = customer.firstname === customer.externalId;
  const parts = {
    firstname: change.firstname ?? (mirrored ? externalId : customer.firstname),
    middlename: change.middlename ?? customer.middlename,
    lastname: change.lastname ?? customer.lastname,
  };
  const renamed = named(parts);
  const composed = customer.displayName === named(customer).displayName;
  const given = change.firstname ?? change.middlename ?? change.lastname;
  return composed || given !== undefined ? renamed : { ...parts, displayName: customer.displayName };
}

function fullNameOnly(given: CustomerChange, fullname: string): CustomerNames {
  const parts = given.firstname ?? given.middlename ?? given.lastname;
  requireRule(parts === undefined, {
    kind: 'invalid_argument',
    code: 'fullname_and_parts',
    message: 'must not be given together with firstname, middlename or lastname',
    field: 'fullname',
  });
  return { firstname: null, middlename: null, lastname: null, displayName: fullname };
}

function named(parts: Omit<CustomerNames, 'displayName'>): CustomerNames {
  const { firstname, middlename, lastname } = parts;
  const displayName = [firstname, middlename, lastname].filter(Boolean).join(' ');
  return { firstname, middlename, lastname, displayName };
}

function birthDate(day: CivilDate | undefined, businessDate: CivilDate): CivilDate | null {
  requireRule(day === undefined || day <= businessDate, {
    kind: 'invalid_argument',
    code: 'birth_in_future',
    message: 'must not be in the future',
    field: 'dateOfBirth',
  });
  return day ?? null;
}

function notInFuture(day: CivilDate, businessDate: CivilDate, field: string): void {
  if (day <= businessDate) return;
  throw new Refusal('permission_denied', 'date_in_future', `${field} must not be in the future`, field);
}

function notBefore(day: CivilDate, earliest: CivilDate, rule: { field: string; event: string }): void {
  if (day >= earliest) return;
  const message = `${rule.field} must not be before ${earliest}, when ${rule.event}`;
  throw new Refusal('permission_denied', 'date_too_early', message, rule.field);
}
