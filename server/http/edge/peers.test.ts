import { expect, test } from 'vitest';
import { alone, mergedFigures } from './peers.ts';

const figures = (worker: number, count: number) => `# HELP calls Calls answered
# TYPE calls counter
calls{worker="${worker}"} ${count}

# HELP memory Bytes
# TYPE memory gauge
memory{worker="${worker}"} 7
`;

test('the figures of several processes are one text, each described once', () => {
  expect(mergedFigures([figures(1, 3), figures(2, 4)])).toBe(`# HELP calls Calls answered
# TYPE calls counter
calls{worker="1"} 3
calls{worker="2"} 4

# HELP memory Bytes
# TYPE memory gauge
memory{worker="1"} 7
memory{worker="2"} 7
`);
});

test('a process by itself tells of itself, host by host', async () => {
  const peers = alone();
  peers.offer('api', async () => figures(1, 3));
  expect(await peers.gather('api')).toEqual([figures(1, 3)]);
  expect(await peers.gather('auth')).toEqual([]);
});
