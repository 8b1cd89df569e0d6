/** The days on which the lender works: working days of the week, holidays of offices. */
import type { Answer, Body, Host, Item } from '../call.ts';
import type { CallOptions } from '../transport.ts';

export type WorkingDays = Answer<'getWorkingDays'>;
export type Holiday = Item<'listHolidays'>;

export interface WorkingWeeks {
  get(options?: CallOptions): Promise<WorkingDays>;
  /** Needs the role OPERATOR. For loans made from now on. */
  set(days: Body<'setWorkingDays'>, options?: CallOptions): Promise<WorkingDays>;
}

export const workingDaysOf = (api: Host): WorkingWeeks => ({
  get: (options) => api.get<'getWorkingDays'>('/v1/working-days', undefined, options),
  set: (days, options) => api.put<'setWorkingDays'>('/v1/working-days', days, options),
});

export interface Holidays {
  /** All of them, the earliest first. */
  list(options?: CallOptions): Promise<readonly Holiday[]>;
  get(id: string | number, options?: CallOptions): Promise<Holiday>;
  /** Pending: it holds once it is activated. */
  create(holiday: Body<'createHoliday'>, options?: CallOptions): Promise<Holiday>;
  update(id: string | number, holiday: Body<'updateHoliday'>, options?: CallOptions): Promise<Holiday>;
  activate(id: string | number, options?: CallOptions): Promise<Holiday>;
  delete(id: string | number, options?: CallOptions): Promise<void>;
}

export function holidaysOf(api: Host): Holidays {
  const all = '/v1/holidays';
  const one = (id: string | number): string => `${all}/${encodeURIComponent(id)}`;
  return {
    list: async (options) => (await api.get<'listHolidays'>(all, undefined, options)).items,
    get: (id, options) => api.get<'getHoliday'>(one(id), undefined, options),
    create: (holiday, options) => api.post<'createHoliday'>(all, holiday, options),
    update: (id, holiday, options) => api.put<'updateHoliday'>(one(id), holiday, options),
    activate: (id, options) => api.post<'activateHoliday'>(`${one(id)}/activate`, undefined, options),
    delete: (id, options) => api.remove(one(id), options),
  };
}
