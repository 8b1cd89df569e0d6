import { type Approval, saveAnswer } from '../../store/approvals/approvals.ts';
import type { Book } from '../book.ts';

/** Keeps what an approved call was answered, for both who have to do with it. */
export async function recordAnswer(
  { db }: Pick<Book, 'db'>,
  approval: Approval,
  { status, body }: { readonly status: number; readonly body: string },
): Promise<Approval> {
  await saveAnswer(db.read, approval.id, { status, body });
  return { ...approval, answered: status, answer: body, ...(status < 500 && { body: null }) };
}
