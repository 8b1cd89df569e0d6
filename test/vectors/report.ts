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
  readonly reasons: Readonly<Record<string, readonly string[]>>;
  readonly failures: readonly Failure[];
}

export function apiReportOf(played: readonly PlayedVector[]): ApiReport {
  const all = counted(played);
  const tags = [...new Set(played.flatMap(({ vector }) => vector.requires))].sort();
  const reasons: Record<string, string[]> = {};
  for (const { vector, reason } of played)
    if (reason !== null) reasons[reason] = [...(reasons[reason] ?? []), vector.id];
  return {
    ...{ total: played.length, ...all, reasons },
    compared: played.reduce((sum, each) => sum + each.compared, 0),
    untold: played.reduce((sum, each) => sum + each.untold, 0),
    byTag: Object.fromEntries(
      tags.map((tag) => [tag, counted(played.filter(({ vector }) => vector.requires.includes(tag)))]),
    ),
    failures: played.flatMap(({ failure }) => (failure ? [{ ...failure, table: [] }] : [])),
  };
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
