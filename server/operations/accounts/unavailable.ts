/** Not now: too much work waits, or a host that is needed does not answer. HTTP: 503. */
export class TemporarilyUnavailable extends Error {
  override readonly name = 'TemporarilyUnavailable';
}
