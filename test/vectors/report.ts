/** What a run of vectors through the API came to: by tag, with the reasons why some could not be played. */
import type { Failure } from '../conformance/play.ts';
import type { PlayedVector } from './play.ts';

export interface ApiCount {
  played: number;
  passed: number;
  notPlayable: number;
}

export interface ApiReport extends ApiCount {
  readonly total: number;
  readonly compared: number;
  readonly untold: number;
  readonly byTag: Readonly<Record<string, ApiCount>>;
  /** Vectors by why they could not be played, and by why they differ. */
  readonly reasons: Readonly<Record<string, readonly string[]>>;
  readonly differences: Readonly<Record<string, readonly string[]>>;
  readonly failures: readonly Failure[];
}

/** `known`: why some differ. */
export function apiReportOf(
  played: readonly PlayedVector[],
  known: Readonly<Record<string, string>>,
): ApiReport {
  const all = counted(played);
  const tags = [...new Set(played.flatMap(({ vector }) => vector.requires))].sort();
  const notPlayed = played.flatMap(({ vector, reason }) =>
    reason === null ? [] : [{ id: vector.id, reason }],
  );
  const differing = played.flatMap(({ failure }) =>
    failure === null
      ? []
      : [{ id: failure.id, reason: known[failure.id] ?? `FAILS at step ${failure.step}` }],
  );
  return {
    ...{ total: played.length, ...all },
    reasons: byReason(notPlayed),
    differences: byReason(differing),
    compared: played.reduce((sum, each) => sum + each.compared, 0),
    untold: played.reduce((sum, each) => sum + each.untold, 0),
    byTag: Object.fromEntries(
      tags.map((tag) => [tag, counted(played.filter(({ vector }) => vector.requires.includes(tag)))]),
    ),
    failures: played.flatMap(({ failure }) => (failure ? [{ ...failure, table: [] }] : [])),
  };
}

function byReason(found: readonly { readonly id: string; readonly reason: string }[]) {
  const ids: Record<string, string[]> = {};
  for (const { id, reason } of found) ids[reason] = [...(ids[reason] ?? []), id];
  return ids;
}

function counted(played: readonly PlayedVector[]): ApiCount {
  const notPlayable = played.filter(({ reason }) => reason !== null).length;
  const failed = played.filter(({ failure }) => failure !== null).length;
  return {
    played: played.length - notPlayable,
    passed: played.length - notPlayable - failed,
    notPlayable,
  };
}

/** The report as the documents have it. */
export function textOf(report: ApiReport): string {
  const { total, played, passed, notPlayable, compared, untold } = report;
  const rows = Object.entries(report.byTag).map(
    ([tag, count]) => `| \`${tag}\` | ${count.played} | ${count.passed} | ${count.notPlayable} |`,
  );
  const table = (title: string, ids: ApiReport['reasons']) => {
    const lines = Object.entries(ids).map(([reason, of]) => `| ${of.join(', ')} | ${reason} |`);
    return lines.length === 0 ? [] : ['', `| ${title} | why |`, '|---|---|', ...lines];
  };
  return [
    `${total} vectors: ${played} played, ${passed} of them passed, ${notPlayable} not playable. ` +
      `${compared} expectations compared; ${untold} are of events that no webhook tells.`,
    '',
    '| tag | played | passed | not playable |',
    '|---|---|---|---|',
    ...rows,
    ...table('differs', report.differences),
    ...table('not playable', report.reasons),
  ].join('\n');
}

const BEGIN = '<!-- written by npm run conformance:api -- --docs -->';
const END = '<!-- end -->';

/** A document with the report in its place. */
export function withText(document: string, text: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the document lacks ${BEGIN} ... ${END}`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}
