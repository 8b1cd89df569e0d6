import { Refusal } from '../../domain/refusal.ts';

/** Runs `work`; the fields that it refuses are told as fields beneath `prefix`. */
export async function under<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.faults.length === 0) throw error;
    const faults = error.faults.map(({ field, error: text }) => ({
      field: `${prefix}.${field}`,
      error: text,
    }));
    throw new Refusal(error.kind, error.code, error.message, faults[0]?.field, faults);
  }
}
