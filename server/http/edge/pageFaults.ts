/** Integrators match on these texts; all of them name the field `page` (contract "Pagination"). */
const TEXTS: Readonly<Record<string, string>> = {
  'page.type': 'page conversion: must be an integer',
  'page.minimum': 'page value too small, must be larger than 0',
  'rows.type': 'rows conversion: must be an integer',
  'rows.minimum': 'rows value too small, must be larger than 0',
  'rows.maximum': 'rows value too large, must be less than 100',
};

export function pageFault(field: string, keyword: string): { field: string; error: string } | undefined {
  const error = TEXTS[`${field}.${keyword}`];
  return error === undefined ? undefined : { field: 'page', error };
}
