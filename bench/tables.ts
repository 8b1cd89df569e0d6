/** Tables in Markdown, and figures as they stand in them. */

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');
export const ms = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 2 : 1);

export const percent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;
